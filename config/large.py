# ~760M parameters (778M with the untied head).
#
#   torchrun --nproc_per_node=8 --max-restarts=3 train.py config/large.py --dataset corpus

out_dir = "out/large"
vocab_size = 32000
block_size = 4096
n_layer = 24
n_head = 16
n_embd = 1536
total_batch_size = 1048576
batch_size = 2
shard = True  # 10 GB of weights, gradients and momenta in fp32, split over the processes
max_steps = 20000  # ~21B tokens
learning_rate = 0.01
warmup_steps = 300
decay_fraction = 0.5
eval_interval = 500
checkpoint_interval = 500
