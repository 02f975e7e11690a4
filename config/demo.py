# A model of 2.5M parameters that learns the starter facts from nothing in under five minutes on two CPU cores.
#
#   python prepare.py starter && python train.py config/demo.py
#   torchrun --nproc_per_node=2 train.py config/demo.py

out_dir = "out/demo"
block_size = 96  # rows of whole documents, four questions each on average
n_layer = 2  # two take half the time of four a step, and learn facts as fast by the step (docs/LOG.md)
n_head = 3
n_embd = 192
tie_embeddings = True
total_batch_size = 4608
batch_size = 48
max_steps = 2600  # 3.3 passes over the wordings
warmup_steps = 20
decay_fraction = 0.6
checkpoint_interval = 250
log_interval = 25
