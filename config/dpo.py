# Preferences after fine-tuning: of two answers to a prompt the better one becomes likelier than the worse (DPO).
#
#   python data/preference/prepare.py --init_from out/demo && python train.py config/dpo.py --init_from out/demo

out_dir = "out/dpo"
objective = "dpo"
dataset = "preference"
block_size = 512  # no more than that of init_from; a pair, with its prompt twice, must fit in a row
dpo_beta = 0.1
dpo_sft = 0.2  # without it both answers of a pair become less likely, the chosen one only more slowly
optimizer = "adamw"  # Muon's steps all have one size, however small the gradient: too coarse for this
learning_rate = 1e-4
warmup_steps = 10
total_batch_size = 12288
batch_size = 16
epochs = 1.0  # more passes learn the pairs by heart
eval_interval = 50
log_interval = 10
