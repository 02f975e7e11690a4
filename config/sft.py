# Fine-tuning on conversations: format, reading, counting, abstention. Facts are for pretraining.
#
#   python data/instruct/prepare.py --from ../shared/data --init_from out/laptop
#   python train.py config/sft.py --init_from out/laptop
#
# On conversations of your own: python data/instruct/prepare.py --docs my.jsonl --name own --init_from out/laptop, then
# python train.py config/sft.py --init_from out/laptop --dataset own --out_dir out/own; a few hundred of them want smaller
# steps and more passes: --total_batch_size 2048 --epochs 5

out_dir = "out/sft"
init_from = "out/laptop"  # shape and tokenizer come along
dataset = "instruct"
epochs = 2  # what is seen more often is learned by heart
block_size = 512  # no more than that of init_from
total_batch_size = 12288  # about 130 conversations; a multiple of the demo's context of 96 too
batch_size = 16
learning_rate = 0.005  # a quarter of pretraining's: enough for a new skill, not enough to forget the old ones
warmup_steps = 20  # the momenta begin at zero
decay_fraction = 1.0  # from the first step on: there is nothing to explore
eval_interval = 100
checkpoint_interval = 200
