# ~125M parameters (134M, of which 25M are an untied head).
#
#   torchrun --nproc_per_node=8 train.py config/small.py --dataset corpus

out_dir = "out/small"
vocab_size = 32000
block_size = 2048
n_layer = 12
n_head = 12
n_embd = 768
total_batch_size = 524288  # tokens per step
batch_size = 16  # halve it until it fits, micro-steps double by themselves
max_steps = 20000  # ~10B tokens
warmup_steps = 200
decay_fraction = 0.5
eval_interval = 500
checkpoint_interval = 500
