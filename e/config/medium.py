# ~350M parameters (369M with the untied head).
#
#   torchrun --nproc_per_node=8 train.py config/medium.py --dataset corpus

out_dir = "out/medium"
vocab_size = 32000
block_size = 2048
n_layer = 24
n_head = 16
n_embd = 1024
total_batch_size = 524288
batch_size = 8
max_steps = 28000  # ~15B tokens
warmup_steps = 300
decay_fraction = 0.5
eval_interval = 500
checkpoint_interval = 500
