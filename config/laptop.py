# A model of 5.3M parameters that reads half of the open corpus, in about half an hour on two CPU cores.
#
#   python prepare.py all_open starter --from ../shared/data --name laptop --vocab_size 8192
#   python train.py config/laptop.py
#   python data/instruct/prepare.py --from ../shared/data --init_from out/laptop
#   python train.py config/sft.py --init_from out/laptop

out_dir = "out/laptop"
dataset = "laptop"
block_size = 512  # a table with a question and its answer, or a match report
n_layer = 4  # copying out of a table needs two layers that work together, and four learn it sooner than two
n_head = 4
n_embd = 256
tie_embeddings = True  # 8,192 pieces x 256 are two fifths of the weights as it is
total_batch_size = 16384
batch_size = 16
max_steps = 1100  # 18M tokens
warmup_steps = 50
decay_fraction = 0.6
checkpoint_interval = 250
