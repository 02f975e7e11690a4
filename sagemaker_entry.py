"""
Train on SageMaker: the launcher on your desk, and the entry in the container, which hands over to the unchanged train.py.

    python sagemaker_entry.py launch --model-size small --dataset corpus --s3-bucket B --dry-run   # no account, no network
    python sagemaker_entry.py launch --model-size small --dataset corpus --s3-bucket B --use-spot
    python sagemaker_entry.py logs --follow
    python sagemaker_entry.py download && python sample.py --out_dir out/small --start "The final"

Further words: upload, status, stop, cost, list. docs/sagemaker.md goes from an empty account to a trained model.
"""
import ast
import contextlib
import datetime
import glob
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from importlib.util import find_spec

from configurator import configure, die, load_env, read_defaults

# -----------------------------------------------------------------------------
model_size = "small"  # small | medium | large: config/SIZE.py, and the machine that suits it
config = ""  # a config file in place of the size's
hardware = "single"  # single | multi | high: one GPU, one machine of several, or the fastest; see sagemaker.json
instance_type = ""  # ml.NAME in place of the one that model_size and hardware choose
instance_count = 0  # machines, 0: as many as model_size and hardware choose
use_spot = False  # spare capacity: cheaper, may be taken away and given back; the run goes on from its checkpoint
max_run = 0  # seconds that a job may train, 0: half more than estimated, at most 5 days; then it saves and stops
max_wait = 0  # seconds that a spot job may take, waiting included, 0: a day more than max_run
mfu = 0.35  # the share of the GPUs' peak that the estimate assumes; train.py prints the real one
s3_bucket = ""  # none: the account's sagemaker-REGION-ACCOUNT, if there is one
s3_prefix = "sports-llm"  # everything lies below it, and names of jobs begin with it
data = ""  # upload: data/NAME, or a run directory to start from (launch --init_from s3://...)
train_data = ""  # s3:// of a data directory; none: that of --dataset, uploaded where it is not there yet
tokenizer_data = ""  # s3:// of a folder with a tokenizer.model, where train_data lacks it
output_path = ""  # s3:// for the model; none: below s3_prefix
run = ""  # name of the run, stable over its jobs; none: the last part of out_dir
job = ""  # status, logs, stop, download, cost: a job's name; none: the newest (of --run)
role = ""  # name or ARN of the role the job gets; none: SAGEMAKER_ROLE, or the one that SageMaker may assume
region = ""  # none: AWS_REGION, AWS_DEFAULT_REGION or the profile's
image = ""  # another container image
wandb_secret = ""  # ARN of the W&B key in Secrets Manager or SSM, for --wandb online; the key itself never travels
follow = False  # logs: go on until the job has ended
full = False  # download: the training state too, so that the run can be continued here
dry_run = False  # launch: print the request, send nothing
yes = False  # launch: do not ask
# -----------------------------------------------------------------------------
ROOT = os.path.dirname(os.path.abspath(__file__))
CODE = ["configurator.py", "model.py", "sagemaker.json", "sagemaker_entry.py", "train.py"]  # what the container gets
DAY = 86400
with open(os.path.join(ROOT, "sagemaker.json"), encoding="utf-8") as f:
    TABLE = json.load(f)  # machines, images, and what to do about what AWS says


def remark(*args):
    print(*args, file=sys.stderr, flush=True)


def hint(text):
    return next((way for pattern, way in TABLE["hints"].items() if re.search(pattern, text)), "see docs/sagemaker.md")


def check(*rules):
    """The first of the rules (bad, message) that applies ends the program."""
    for bad, message, *code in rules:
        if bad:
            die(message, *code)


def typed(key):
    return any(a.split("=")[0].replace("-", "_") == f"__{key}" for a in sys.argv)


def s3_split(uri):
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key.strip("/")


def s3_place(bucket, kind, name):
    return f"s3://{bucket}/{s3_prefix.strip('/')}/{kind}/{os.path.basename(os.path.normpath(name))}"


def job_base():
    return re.sub(r"[^a-zA-Z0-9]+", "-", s3_prefix).strip("-")

# -----------------------------------------------------------------------------
# the plan: all that can be known without a network

def check_typed():
    """Slips in what was typed, seen before anything else is looked at."""
    init = keys["init_from"]
    check((s3_bucket and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", s3_bucket),
           f"--s3_bucket {s3_bucket!r} is no name: 3 to 63 of a-z 0-9 . and -, without s3:// and folders (those are --s3_prefix)", 2),
          *((uri and not uri.startswith("s3://"), f"--{key} {uri!r} is no s3:// address: python sagemaker_entry.py upload --data FOLDER --s3-bucket B makes one", 2)
            for key, uri in dict(train_data=train_data, tokenizer_data=tokenizer_data, output_path=output_path).items()),
          (init != "scratch" and not init.startswith("s3://"),
           f"--init_from {init} is not on S3: python sagemaker_entry.py upload --data {init} --s3-bucket B prints its address", 2),
          (wandb_secret and not re.match(r"arn:aws[\w-]*:(secretsmanager|ssm):", wandb_secret),
           "--wandb_secret is an ARN of Secrets Manager or SSM, never the key itself: aws secretsmanager create-secret --name wandb --secret-string KEY prints one", 2),
          (keys["wandb"] == "online" and not wandb_secret, "--wandb online needs --wandb_secret ARN, for a key in the environment stays here; or --wandb offline", 2),
          (keys["resume"] == "never", "--resume never would lose the run when a machine goes away: choose another --run instead", 2),
          (role.startswith("arn:") and not re.fullmatch(r"arn:aws[\w-]*:iam::\d{12}:role/\S+", role),
           f"--role {role} is no ARN of a role: arn:aws:iam::ACCOUNT:role/NAME", 2),
          (not 0 < mfu <= 1, f"--mfu {mfu} is a share of the GPUs' peak, between 0 and 1", 2),
          *((globals()[key] < 0, f"--{key} {globals()[key]}: at least 1, or 0 for the default", 2) for key in ("instance_count", "max_run", "max_wait")),
          *((keys[key] < 1, f"--{key} {keys[key]}: at least 1", 2)
            for key in ("block_size", "total_batch_size", "batch_size", "n_layer", "n_head", "n_embd", "checkpoint_interval")),
          (max_run > 28 * DAY, f"--max_run {max_run}: a job lasts {28 * DAY} seconds (28 days) at most; the same launch continues the run"),
          (max_wait and not use_spot, "--max_wait is the patience of a spot job: add --use_spot, or leave it out"))


def local_meta():
    """meta.json of --dataset on this machine, or None where the data is elsewhere."""
    path = os.path.join(ROOT, "data", keys["dataset"], "meta.json")
    if train_data or not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def gpu_bytes(model, rows, per_value=74):
    """An estimate of what a GPU holds: 74 bytes per position, layer and channel were counted on the uncompiled model."""
    c, n = model.config, model.num_params()
    moments = 8 * n if keys["optimizer"] == "adamw" else 4 * n + 4 * c.vocab_size * c.n_embd * (1 if c.tie_embeddings else 2)
    head = 4 * c.vocab_size * (c.n_embd + 3 * 1024)  # its gradient, and a chunk of logits
    return 10 * n + moments + head + per_value * c.n_layer * c.n_embd * c.block_size * rows + 1.5e9  # 10: weights and gradients, and copies in bf16


def plan(meta):
    """The numbers of a launch, or one line and the end. meta: of the data, where it is known."""
    import torch

    from model import PEAK_FLOPS, GPT, GPTConfig
    base = job_base()
    name = run or re.sub(r"[._]", "-", os.path.basename(os.path.normpath(keys["out_dir"])))
    check((not re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*", name) or len(base + name) > 46 or not base,
           f"--run {name!r} under --s3_prefix {s3_prefix!r} makes no name of a job: letters, digits and -, at most {46 - len(base)} of them", 2))
    kind, count = (instance_type, 1) if instance_type else TABLE["sizes"][model_size][hardware]
    row, count, known = TABLE["instances"].get(kind), instance_count or count, ", ".join(TABLE["instances"])
    check((row is None, f"--instance_type {kind!r} is not in sagemaker.json, which knows {known}; add a row for another"))
    try:
        shape = {k: keys[k] for k in GPTConfig.__dataclass_fields__}
        with torch.device("meta"):
            model = GPT(GPTConfig(**{**shape, "vocab_size": shape["vocab_size"] or (meta or {}).get("vocab_size", 32000)}))
    except AssertionError as e:
        die(e)
    if not typed("batch_size"):
        while keys["batch_size"] > 1 and gpu_bytes(model, keys["batch_size"]) > 0.95e9 * row["gpu_gb"]:
            keys["batch_size"] //= 2
    tokens, step = (meta or {}).get("tokens", {}), keys["total_batch_size"]
    steps = keys["max_steps"] or (max(1, int(keys["epochs"] * tokens["train"] / step)) if meta else 0)
    flops = model.flops_per_token() * step * steps
    hours = flops / (PEAK_FLOPS[row["gpu"]] * row["gpus"] * count * mfu) / 3600
    seconds = max_run or int(min(5 * DAY, max(3600, 1.5 * 3600 * hours)) if steps else DAY)
    need = (2 * sum(tokens.values()) if meta else 20e9) / 1e9 + (keys["keep_checkpoints"] + 2) * 12e-9 * model.num_params()
    p = dict(base=base, run=name, kind=kind, row=row, count=count, meta=meta, model=model, steps=steps, flops=flops, hours=hours, seconds=seconds,
             wait=max_wait or min(28 * DAY, seconds + DAY), volume=int(30 + 1.2 * need))
    check_plan(p)
    return p


def check_plan(p):
    """Machine, data, batch, time and disk fit together."""
    row, rows, T, step, model, meta = p["row"], keys["batch_size"], keys["block_size"], keys["total_batch_size"], p["model"], p["meta"]
    unit, least = T * row["gpus"] * p["count"], gpu_bytes(model, rows, 45) / 1e9  # compiled, it may be as little as this
    larger = next((k for k, r in TABLE["instances"].items() if r["gpu_gb"] > least), "of more memory")
    shortest, ids = (min(meta["tokens"].values()), meta["vocab_size"]) if meta else (T + 1, 0)
    check((0 < keys["vocab_size"] < ids, f"vocab_size {keys['vocab_size']} is smaller than the data's: --vocab_size {ids}"),
          (shortest <= T, f"a split of the data has {shortest} tokens, fewer than a row of block_size {T}: more data or a shorter --block_size"),
          (least > row["gpu_gb"], f"{model.num_params() / 1e6:,.0f}M parameters at batch_size {rows} x block_size {T} need about {least:.0f} GB, "
           f"the {row['gpu']} of {p['kind']} has {row['gpu_gb']}: " + (f"--batch_size {rows // 2}, or " if rows > 1 else "") + f"--instance_type {larger}"),
          (step % unit, f"total_batch_size {step} is no multiple of block_size {T} x {unit // T} GPUs: "
           f"--total_batch_size {max(1, round(step / unit)) * unit}, or another number of GPUs"),
          (use_spot and 0 < p["steps"] <= keys["checkpoint_interval"], f"spot without checkpoints: checkpoint_interval {keys['checkpoint_interval']} "
           f"is not below the run's {p['steps']} steps: --checkpoint_interval {max(1, p['steps'] // 20)}"),
          (max_wait and max_wait < p["seconds"], f"--max_wait {max_wait} is below --max_run {p['seconds']}, which it contains: --max_wait {p['seconds'] + DAY}"),
          (p["hours"] > 28 * 24 and not max_run, f"{p['steps']:,} steps on {p['count']} x {p['kind']} take about {p['hours'] / 24:,.0f} days, "
           f"and a job may last 28: fewer --max_steps, --hardware high, or --max_run {28 * DAY} and a second launch"),
          (p["volume"] > row["disk_gb"], f"data and checkpoints need about {p['volume']} GB, and {p['kind']} has {row['disk_gb']}: "
           "lower --keep_checkpoints, or a larger instance"))


def describe(p):
    """What will run, for how long and how much, on stderr."""
    m, row, rate, spot = p["model"], p["row"], p["row"]["usd_per_hour"] * p["count"], TABLE["spot_share"]
    remark(f"run    {p['run']}: {m.config.n_layer} layers x {m.config.n_embd}, {m.num_params() / 1e6:,.0f}M parameters, "
           + (f"{p['steps']:,} steps, {p['steps'] * keys['total_batch_size'] / 1e9:.3g}B tokens, {p['flops']:.1e} FLOP" if p["steps"] else "--epochs of unknown data"))
    remark(f"on     {p['count']} x {p['kind']}: {row['gpus'] * p['count']} x {row['gpu']} {row['gpu_gb']} GB, {'spot' if use_spot else 'on demand'}, "
           f"batch_size {keys['batch_size']}, about {gpu_bytes(m, keys['batch_size']) / 1e9:.0f} GB of each")
    if p["steps"]:
        minutes = p["hours"] * 60 / p["steps"] * keys["checkpoint_interval"]
        remark(f"takes  about {p['hours']:.1f} h at an assumed MFU of {mfu:.0%}: ${p['hours'] * rate:,.2f} on demand, ${p['hours'] * rate * spot:,.2f} on spot "
               f"if that bills {spot:.0%} (assumed); list prices of sagemaker.json")
        remark(f"saves  every {minutes:,.0f} minutes" + (": that much an interruption may cost, shorten --checkpoint_interval" if use_spot and minutes > 60 else ""))
    remark(f"stops  after {p['seconds'] / 3600:.1f} h at the latest, ${p['seconds'] / 3600 * rate:,.2f}, and saves; the same launch continues")


def build_request(p, bucket, role_arn, region):
    """The CreateTrainingJob request, one dict. Nothing secret is in it: DescribeTrainingJob shows it all."""
    images, code, git = TABLE["images"], hashlib.sha256(), ""
    check((region not in images["registry"] and not image,
           f"sagemaker.json has no image for region {region!r}: one of {', '.join(images['registry'])}, or --image URI"))
    for name in CODE:
        with open(os.path.join(ROOT, name), "rb") as f:
            code.update(name.encode() + b"\0" + f.read())
    if shutil.which("git"):
        git = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    channels = {"code": s3_place(bucket, "code", code.hexdigest()[:12]), "train": train_data or s3_place(bucket, "data", keys["dataset"]),
                "tokenizer": tokenizer_data, "init": keys["init_from"] if keys["init_from"] != "scratch" else ""}
    keyed = {k: d for k, (d, _) in read_defaults(os.path.join(ROOT, "train.py")).items() if k not in ("out_dir", "dataset", "init_from")}
    rdma = {"FI_EFA_USE_DEVICE_RDMA": "1", "RDMAV_FORK_SAFE": "1"} if p["row"]["gpu"] in ("A100", "H100") else {}
    efa = {"FI_PROVIDER": "efa", "NCCL_PROTO": "simple", **rdma} if p["row"]["efa"] and p["count"] > 1 else {}
    return {
        "TrainingJobName": f"{p['base']}-{p['run']}-{datetime.datetime.now(datetime.timezone.utc):%Y%m%d-%H%M%S}",
        "RoleArn": role_arn,
        "AlgorithmSpecification": {
            "TrainingImage": image or f"{images['registry'][region]}/{images['name']}", "TrainingInputMode": "File",
            # Python is process 1 and gets SIGTERM itself: a shell, or the toolkit's, keeps it from train.py
            "ContainerEntrypoint": ["python3", "/opt/ml/input/data/code/sagemaker_entry.py", "container"],
            "ContainerArguments": [p["run"], *(f"--{k}={keys[k]}" for k, d in keyed.items() if keys[k] != d)],
            "MetricDefinitions": [{"Name": "train:loss", "Regex": r"\| loss ([0-9.]+)"}, {"Name": "train:bpb", "Regex": r"loss [0-9.]+ \| bpb ([0-9.]+)"},
                                  {"Name": "val:bpb", "Regex": r"val [0-9.]+ bpb ([0-9.]+)"}, {"Name": "train:mfu", "Regex": r"mfu ([0-9.]+)%"}]},
        "InputDataConfig": [{"ChannelName": name, "DataSource": {"S3DataSource": {  # a prefix without its / would take in its longer namesakes too
            "S3DataType": "S3Prefix", "S3Uri": uri.rstrip("/") + "/", "S3DataDistributionType": "FullyReplicated"}}} for name, uri in channels.items() if uri],
        "OutputDataConfig": {"S3OutputPath": output_path or s3_place(bucket, "jobs", p["run"])},
        "CheckpointConfig": {"S3Uri": s3_place(bucket, "runs", p["run"]) + "/checkpoints", "LocalPath": "/opt/ml/checkpoints"},  # not the job's
        "ResourceConfig": {"InstanceType": p["kind"], "InstanceCount": p["count"], "VolumeSizeInGB": p["volume"]},
        "StoppingCondition": {"MaxRuntimeInSeconds": p["seconds"], **({"MaxWaitTimeInSeconds": p["wait"]} if use_spot else {})},
        "EnableManagedSpotTraining": use_spot,
        "Environment": {**efa, **({"WANDB_SECRET_ARN": wandb_secret} if wandb_secret else {})},
        "Tags": [{"Key": "project", "Value": p["base"]}, {"Key": "run", "Value": p["run"]}, {"Key": "git", "Value": git}],
    }

# -----------------------------------------------------------------------------
# AWS: what is looked at before anything is sent

def aws():
    """A boto3 session with a region and credentials."""
    try:
        import boto3
    except ImportError:
        die("boto3 is missing: pip install -r requirements-sagemaker.txt (launch --dry-run works without)")
    session = boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
    check((not session.region_name, f"no region: {hint('NoRegion')}"), (session.get_credentials() is None, f"no credentials: {hint('NoCredentials')}"))
    return session


def find_role(session, account):
    """ARN of the role for the job, which is there and which SageMaker may assume."""
    iam, wanted = session.client("iam"), role or os.environ.get("SAGEMAKER_ROLE", "")
    check((wanted.startswith("arn:") and f"::{account}:" not in wanted,
           f"--role {wanted} is of another account than your credentials, {account}: another --role or AWS_PROFILE"))
    all_roles = (r for page in iam.get_paginator("list_roles").paginate() for r in page["Roles"])
    roles = [iam.get_role(RoleName=wanted.rsplit("/", 1)[-1])["Role"]] if wanted else all_roles
    good = [r for r in roles if "sagemaker.amazonaws.com" in json.dumps(r["AssumeRolePolicyDocument"])]
    check((not good, f"there is no role {wanted} that SageMaker may assume (trust policy: sagemaker.amazonaws.com): docs/sagemaker.md makes one in two commands"),
          (len(good) > 1, f"several roles could be meant: --role {', or --role '.join(sorted(r['RoleName'] for r in good)[:5])}"))
    return good[0]["Arn"]


def find_bucket(session, account):
    name = s3_bucket or f"sagemaker-{session.region_name}-{account}"
    where = session.client("s3").get_bucket_location(Bucket=name).get("LocationConstraint") or "us-east-1"
    check((where != session.region_name, f"bucket {name} is in {where}, the job would be in {session.region_name}: --region {where}, or another bucket"))
    return name


def s3_list(session, uri):
    """{path below uri: bytes}"""
    bucket, prefix = s3_split(uri)
    pages = session.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix + "/")
    return {o["Key"][len(prefix) + 1:]: o["Size"] for page in pages for o in page.get("Contents", [])}


def s3_json(session, uri):
    return json.loads(session.client("s3").get_object(**dict(zip(("Bucket", "Key"), s3_split(uri))))["Body"].read())


def check_data(session, uri):
    """The set on S3 is whole: its meta.json, and every file has the size that meta.json says. Returns meta.json."""
    there = s3_list(session, uri)
    again = f"python sagemaker_entry.py upload --data data/{os.path.basename(uri.strip('/'))} --s3-bucket {s3_split(uri)[0]}"
    check(("meta.json" not in there, f"{uri} holds no meta.json: {again}, once python prepare.py has made it"))
    meta = s3_json(session, f"{uri.rstrip('/')}/meta.json")
    sizes = {f"{s}.{kind}": n * width for s, n in meta["tokens"].items() for kind, width in (("bin", 2), ("mask.bin", 1))}
    sizes = {k: v for k, v in sizes.items() if k in meta["sha256"]}
    short = [f"{name} has {there.get(name, 0)} bytes, not {size}" for name, size in sizes.items() if there.get(name) != size]
    check((short, f"{uri} is not whole, {', '.join(short)}: {again}"),
          ("tokenizer.model" not in there and not tokenizer_data, f"{uri} holds no tokenizer.model: {again}, or --tokenizer_data s3://..."))
    return meta


def check_run(session, p, request):
    """Nobody else writes there: no job of this run is going, and what the prefix holds is this run, unfinished."""
    active = job_names(session, p["run"], StatusEquals="InProgress")
    check((active, f"{active and active[0]} is training this run already: python sagemaker_entry.py stop --run {p['run']}, or another --run"))
    uri = f"{request['CheckpointConfig']['S3Uri']}/{p['run']}"
    saved = newest(s3_list(session, uri))
    if saved is None:
        return
    old = s3_json(session, f"{uri}/ckpt/{saved}/meta.json")
    with open(os.path.join(ROOT, "train.py"), encoding="utf-8") as f:  # what train.py would refuse, seen before it costs
        lines = [n for n in ast.parse(f.read()).body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "FIXED"]
    fixed = ast.literal_eval(lines[0].value) if keys["init_from"] == "scratch" else []
    other = [f"{k} {old['config'][k]!r} there, {keys[k]!r} here" for k in fixed if keys[k] not in (0, old["config"][k])]
    other += ["other data"] if old["data_sha256"] != p["meta"]["sha256"]["train.bin"] else []
    check((other, f"{uri} holds another run's checkpoints ({', '.join(other)}): choose another --run, or the same keys and data to continue it"),
          (0 < p["steps"] <= old["step"],
           f"run {p['run']} is finished at step {old['step']}: python sagemaker_entry.py download --run {p['run']}, or more --max_steps"))
    remark(f"resumes {uri} at step {old['step']}")


def check_quota(session, kind, count):
    """Most accounts begin with none of the large machines. Where the quota cannot be read, the launch finds out."""
    from botocore.config import Config
    label = f"{kind} for {'spot ' if use_spot else ''}training job usage"
    try:
        client = session.client("service-quotas", config=Config(retries={"max_attempts": 0}, read_timeout=10))
        pages = client.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
        value = next((q["Value"] for page in pages for q in page["Quotas"] if q["QuotaName"] == label), count)
    except Exception as e:
        return remark(f"the quota could not be read ({type(e).__name__}); if it is too low, the launch will say so")
    check((value < count, f"your quota '{label}' is {value:.0f}, this asks for {count}: raise it in Service Quotas > Amazon SageMaker (hours to days), "
           "or another --instance_type"))

# -----------------------------------------------------------------------------
# the words

def put_folder(session, folder, names, uri, meta=None):
    """Upload what is not there with the same checksum, large files in parts; the manifest, and what makes a folder valid, last."""
    from tqdm import tqdm

    from model import file_sha256
    s3, (bucket, prefix), manifest = session.client("s3"), s3_split(uri), {}
    for name in names:
        path, to = os.path.join(folder, name), dict(Bucket=bucket, Key=f"{prefix}/{name}")
        size, sha = os.path.getsize(path), file_sha256(path) if os.path.getsize(path) else ""
        check((meta and meta["sha256"].get(name, sha) != sha, f"{path} is not what its meta.json says: run prepare.py again"))
        manifest[name] = {"bytes": size, "sha256": sha}
        try:
            there = s3.head_object(**to)["Metadata"].get("sha256") == sha
        except s3.exceptions.ClientError as e:
            there = False
            if e.response["Error"]["Code"] != "404":
                raise
        if not there:
            with tqdm(total=size, unit="B", unit_scale=True, desc=name, delay=2) as bar:
                s3.upload_file(path, **to, ExtraArgs={"Metadata": {"sha256": sha}}, Callback=bar.update)
        remark(f"{'there' if there else 'sent '}  s3://{bucket}/{prefix}/{name}, {size:,} bytes")
    s3.put_object(Bucket=bucket, Key=f"{prefix}/manifest.json", Body=json.dumps({"files": manifest}, indent=1).encode())


def files_of(folder):
    """(names, meta) of what training reads of a data directory; of a run directory all, and None."""
    if os.path.isdir(os.path.join(folder, "ckpt")):
        return sorted(os.path.relpath(os.path.join(d, n), folder) for d, _, names in os.walk(folder) for n in names), None
    try:
        with open(os.path.join(folder, "meta.json"), encoding="utf-8") as f:
            meta = json.load(f)
        names = [n for s in meta["tokens"] for n in (f"{s}.bin", f"{s}.mask.bin") if n in meta["sha256"]] + ["tokenizer.model", "meta.json"]
    except (OSError, ValueError, KeyError) as e:
        die(f"{folder} is no data directory ({e}): make it first, python prepare.py {os.path.basename(os.path.normpath(folder))}")
    missing = [n for n in names if not os.path.exists(os.path.join(folder, n))]
    check((missing, f"{folder} lacks {', '.join(missing)}: run prepare.py again"))
    return names, meta


def upload():
    check_typed()
    check((not data, "which folder? --data data/NAME, as python prepare.py made it, or --data out/RUN", 2))
    (names, meta), session = files_of(data), aws()
    bucket = find_bucket(session, session.client("sts").get_caller_identity()["Account"])
    uri = s3_place(bucket, "data" if meta else "init", data)
    put_folder(session, data, names, uri, meta)
    remark(f"use it: launch {'--train_data' if meta else '--init_from'} {uri}/")
    print(f"{uri}/")


def launch():
    check_typed()
    meta, folder = local_meta(), os.path.join(ROOT, "data", keys["dataset"])
    p = plan(meta)
    if dry_run:
        where = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        arn = role or os.environ.get("SAGEMAKER_ROLE") or "ROLE"
        arn = arn if arn.startswith("arn:") else f"arn:aws:iam::000000000000:role/{arn}"
        request = build_request(p, s3_bucket or f"sagemaker-{where}-000000000000", arn, where)
        describe(p)
        remark("dry run: nothing was sent; data on S3, role, bucket and quota were not looked at")
        return print(json.dumps(request, indent=1))
    session = aws()
    account = session.client("sts").get_caller_identity()["Account"]
    bucket, role_arn = find_bucket(session, account), find_role(session, account)
    if meta:
        names, _ = files_of(folder)
    else:
        p = plan(check_data(session, train_data or s3_place(bucket, "data", keys["dataset"])))
    request = build_request(p, bucket, role_arn, session.region_name)
    check_run(session, p, request)
    check_quota(session, p["kind"], p["count"])
    describe(p)
    check((not yes and not sys.stdin.isatty(), "nobody is here to agree to the cost above: add --yes"))
    if not yes:
        remark("start it? [y/N]")
        check((not sys.stdin.readline().strip().lower().startswith("y"), "not started, nothing was uploaded"))
    code, train = (c["DataSource"]["S3DataSource"]["S3Uri"] for c in request["InputDataConfig"][:2])
    if meta:
        put_folder(session, folder, names, train, meta)
    put_folder(session, ROOT, CODE, code)
    try:  # the SDK's client where it is installed, else boto3's: the request is the same
        from sagemaker.core.helper.session_helper import Session
        client = Session(boto_session=session).sagemaker_client
    except ImportError:
        client = session.client("sagemaker")
    client.create_training_job(**request)
    remark("python sagemaker_entry.py logs --follow   shows what it prints; the same launch continues it when it was stopped")
    print(request["TrainingJobName"])


def job_names(session, name, **which):
    """Newest first: the jobs of run `name`, or where that is empty all below s3_prefix."""
    start = f"{job_base()}-{name}-" if name else f"{job_base()}-"
    pages = session.client("sagemaker").get_paginator("list_training_jobs").paginate(NameContains=start, **which)
    found = [(j["CreationTime"], j["TrainingJobName"]) for page in pages for j in page["TrainingJobSummaries"]]
    return [n for _, n in sorted(found, reverse=True) if re.fullmatch(re.escape(start) + (r"\d{8}-\d{6}" if name else ".*"), n)]


def jobs(session, most):
    """Descriptions of the jobs meant, newest first: --job, or those of --run, or all."""
    found = [job] if job else job_names(session, run)[:most]
    check((not found, f"there is no job {job_base()}-{run}... in {session.region_name}: launch one, or another --s3_prefix, --run or --region"))
    return [session.client("sagemaker").describe_training_job(TrainingJobName=name) for name in found]


def run_of(d):
    """(name of a job's run, where its run directory lies on S3)"""
    name = s3_split(d["CheckpointConfig"]["S3Uri"])[1].split("/")[-2]
    return name, f"{d['CheckpointConfig']['S3Uri']}/{name}"


def newest(names):
    """The name of the last checkpoint in a listing of a run directory, or None."""
    return max((k.split("/")[1] for k in names if re.fullmatch(r"ckpt/step_\d+/meta\.json", k)), default=None)


def list_jobs(most=50):
    session = aws()
    found = jobs(session, most)
    for d in found:
        machines = f"{d['ResourceConfig']['InstanceCount']} x {d['ResourceConfig']['InstanceType']}" + (", spot" if d.get("EnableManagedSpotTraining") else "")
        hours = d.get("TrainingTimeInSeconds", 0) / 3600
        print(f"{d['TrainingJobName']:<44} {d['TrainingJobStatus']:<11} {d.get('SecondaryStatus', ''):<12} {machines:<28} {hours:6.2f} h")
    return session, found[0]


def status():
    session, d = list_jobs(most=1)
    for t in d.get("SecondaryStatusTransitions", []):
        print(f"  {t['StartTime']:%Y-%m-%d %H:%M:%S}  {t['Status']:<16} {t.get('StatusMessage', '')}")
    for m in d.get("FinalMetricDataList", []):
        print(f"  {m['MetricName']:<16} {m['Value']:.4f}")
    print(f"  checkpoint       {newest(s3_list(session, run_of(d)[1])) or 'none yet'}")
    why = " ".join(f"{d.get('FailureReason', '')} {d.get('SecondaryStatus', '')}".split())
    if d["TrainingJobStatus"] in ("Failed", "Stopped"):
        print(f"  {why}\n  {hint(why)}")


def logs():
    """What the machines print, as it comes; with --follow until the job has ended."""
    session, since, seen = aws(), 0, set()
    name, sagemaker, client = jobs(session, 1)[0]["TrainingJobName"], session.client("sagemaker"), session.client("logs")
    while True:
        ended = sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] not in ("InProgress", "Stopping")
        where = dict(logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"{name}/", startTime=since)
        try:
            events = (e for page in client.get_paginator("filter_log_events").paginate(**where) for e in sorted(page["events"], key=lambda e: e["timestamp"]))
            for e in (e for e in events if e["eventId"] not in seen):
                print(f"{e['logStreamName'].split('/')[1].rsplit('-', 1)[0]}  {e['message'].rstrip()}", flush=True)
                seen.add(e["eventId"])
                since = max(since, e["timestamp"] - 60_000)  # machines deliver out of order
        except client.exceptions.ResourceNotFoundException:
            pass  # no job has ever printed here
        if not follow or ended:
            break
        time.sleep(5)
    if not seen:
        remark(f"{name} has printed nothing yet: machines take some minutes to start, python sagemaker_entry.py status")


def stop():
    session = aws()
    d = jobs(session, 1)[0]
    name = d["TrainingJobName"]
    check((d["TrainingJobStatus"] != "InProgress", f"{name} is not running ({d['TrainingJobStatus']}): nothing to stop"))
    session.client("sagemaker").stop_training_job(TrainingJobName=name)
    remark("it saves and ends within two minutes; the same launch continues it")
    print(name)


def cost():
    """What was billed against what ran, and so what spot saved."""
    asked = spent = 0.0
    for d in jobs(aws(), 50):
        kind, count, ran = d["ResourceConfig"]["InstanceType"], d["ResourceConfig"]["InstanceCount"], d.get("TrainingTimeInSeconds", 0)
        billed, rate = d.get("BillableTimeInSeconds", ran), TABLE["instances"].get(kind, {}).get("usd_per_hour", float("nan")) * count / 3600
        asked, spent = asked + ran * rate, spent + billed * rate
        print(f"{d['TrainingJobName']:<44} ran {ran:>8,} s, billed {billed:>8,} s x {count} {kind:<16} ${billed * rate:>9,.2f}, {1 - billed / max(ran, 1):.0%} saved")
    print(f"${spent:,.2f}, on demand ${asked:,.2f}: {1 - spent / max(asked, 1e-9):.0%} saved; list prices of sagemaker.json, without storage and transfer")


def fetch(session, uri, pattern, target):
    """Download what lies below uri and fits the pattern."""
    from tqdm import tqdm
    for name, size in s3_list(session, uri).items():
        if re.fullmatch(pattern, name):
            os.makedirs(os.path.dirname(os.path.join(target, name)), exist_ok=True)
            with tqdm(total=size, unit="B", unit_scale=True, desc=name, delay=2) as bar:
                session.client("s3").download_file(s3_split(uri)[0], f"{s3_split(uri)[1]}/{name}", os.path.join(target, name), Callback=bar.update)


def download():
    """The model of a job, or where it left none the run's newest checkpoint, as a run directory for sample.py."""
    from model import read_checkpoint
    session = aws()
    d = jobs(session, 1)[0]
    name, uri = run_of(d)
    target = keys["out_dir"] if typed("out_dir") else os.path.join("out", name)
    folder = os.path.dirname(d.get("ModelArtifacts", {}).get("S3ModelArtifacts", ""))
    check((os.path.exists(target), f"{target} is there already: choose another --out_dir, or move it away"))
    part, archive = target + ".part", os.path.join(target + ".part", "model.tar.gz")
    shutil.rmtree(part, ignore_errors=True)
    if folder and not full:
        fetch(session, folder, "model.tar.gz", part)
    if os.path.exists(archive):
        with tarfile.open(archive) as tar:
            tar.extractall(part, filter="data")
        os.remove(archive)
    if read_checkpoint(part, remark)[0] is None:  # it failed, is still going, or --full
        step = newest(s3_list(session, uri))
        check((step is None, f"{d['TrainingJobName']} ({d['TrainingJobStatus']}) has saved nothing yet, {uri} is empty: python sagemaker_entry.py status"))
        fetch(session, uri, rf"ckpt/{step}/.*|\w+\.(jsonl?|model|png)", part)
        check((read_checkpoint(part, remark)[0] is None, f"{uri}/ckpt/{step} is not whole, a job may be writing it: try again in some minutes"))
    os.replace(part, target)
    remark(f'python sample.py --out_dir {target} --start "The final"')
    print(target)

# -----------------------------------------------------------------------------
# in the container

def wandb_key():
    """What to add to the environment: the key from its secret; where it cannot be had W&B writes to disk, and the run goes on."""
    import boto3
    arn = os.environ["WANDB_SECRET_ARN"]
    client = boto3.client(arn.split(":")[2], region_name=arn.split(":")[3])
    if ":ssm:" in arn:
        return {"WANDB_API_KEY": client.get_parameter(Name=arn, WithDecryption=True)["Parameter"]["Value"].strip()}
    text = client.get_secret_value(SecretId=arn)["SecretString"]
    return {"WANDB_API_KEY": (json.loads(text)["WANDB_API_KEY"] if text.startswith("{") else text).strip()}


def install(args):
    """What train.py needs and the image lacks; torch is the image's own."""
    wants = {"numpy": True, "safetensors": True, "matplotlib": True, "wandb": any(re.match("--wandb=(?!off$)", a) for a in args), "boto3": "WANDB_SECRET_ARN" in os.environ}
    lacks = [package for package, wanted in wants.items() if wanted and find_spec(package) is None]
    if lacks and subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *lacks]).returncode and {"numpy", "safetensors"} & set(lacks):
        raise OSError(f"pip could not install {', '.join(lacks)}: the job needs a way to PyPI, or an --image that has them")


def torchrun(root, name, args):
    """(command, what it needs in the environment, whether this machine holds rank 0)"""
    with open(f"{root}/input/config/resourceconfig.json", encoding="utf-8") as f:
        r = json.load(f)
    hosts, channels, env = sorted(r["hosts"], key=lambda h: (len(h), h)), f"{root}/input/data", {}
    for _ in range(60):  # names of the other machines take a while to be known
        with contextlib.suppress(OSError):
            [socket.gethostbyname(h) for h in hosts]
            break
        time.sleep(5)
    if r.get("network_interface_name"):
        env = {"NCCL_SOCKET_IFNAME": r["network_interface_name"], "GLOO_SOCKET_IFNAME": r["network_interface_name"]}
    try:
        env.update(wandb_key() if "WANDB_SECRET_ARN" in os.environ else {})
    except Exception as e:
        print(f"W&B is offline, its secret cannot be read: {type(e).__name__}: {e}", flush=True)
        args = [*args, "--wandb=offline"]
    folder = f"{channels}/train"
    if os.path.isdir(f"{channels}/tokenizer"):  # it comes apart: a folder of links to both, for channels cannot be written to
        folder = tempfile.mkdtemp()
        for path in [p for p in glob.glob(f"{channels}/t*/*") if p != f"{channels}/train/tokenizer.model"]:
            os.symlink(path, os.path.join(folder, "tokenizer.model" if path.endswith(".model") else os.path.basename(path)))
    init = [f"--init_from={channels}/init"] if os.path.isdir(f"{channels}/init") else []
    gpus = int(os.environ.get("SM_NUM_GPUS") or len(glob.glob("/dev/nvidia[0-9]*")) or 1)
    command = [sys.executable, "-m", "torch.distributed.run", f"--nnodes={len(hosts)}", f"--node_rank={hosts.index(r['current_host'])}", f"--nproc_per_node={gpus}",
               f"--master_addr={hosts[0]}", f"--master_port={os.environ.get('MASTER_PORT', '29500')}", os.path.join(ROOT, "train.py"), *args,
               f"--out_dir={root}/checkpoints/{name}", f"--dataset={folder}", *init]
    print(" ".join(command), flush=True)
    return command, env, hosts[0] == r["current_host"]


def children(pid):
    """torchrun's ranks. They are signalled themselves: torchrun would kill them 30 seconds later, SageMaker leaves them 120."""
    found = []
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        with contextlib.suppress(OSError), open(path) as f:  # a thread may end just now
            found += map(int, f.read().split())
    return found


def keep_model(run_dir, target):
    """The newest checkpoint's run directory without the state that only a resumed run reads."""
    from model import meta_sha256, read_checkpoint
    path, meta = read_checkpoint(run_dir)
    if path is None:
        return print("there is no checkpoint to make a model of", flush=True)
    step = os.path.basename(path)
    shutil.copytree(run_dir, target, dirs_exist_ok=True, ignore=lambda folder, names: [
        n for n in names if n in ("training_state.pt", "wandb") or n[0] == "." or n.startswith("step_") and n != step])
    del meta["files"]["training_state.pt"]
    for name, text in {"latest": step, f"{step}/meta.json": json.dumps({**meta, "sha256": meta_sha256(meta)}, indent=1)}.items():
        with open(f"{target}/ckpt/{name}", "w", encoding="utf-8") as f:
            f.write(text)


def reason(text, code):
    """The line of the output that tells why; its first 1024 characters become the job's FailureReason."""
    lines = [x.strip() for x in text.splitlines() if x.strip()]
    raised = [x for x in lines if re.match(r"[\w.]*(Error|Exception)\b", x) and not x.startswith("torch.distributed.elastic")]  # torchrun's own
    said = [x for x in lines if x.startswith("error: ")] or raised
    if re.search(r"exitcode *: -9", text):
        said = ["a process was killed, most likely for memory of the machine: a larger --instance_type"]
    return f"{(said or lines or ['no output'])[-1]} (exit code {code})"


def container(name, *args):
    """One per machine: start torchrun, copy what it prints, pass SIGTERM on; at the end keep the model, or the reason of the failure."""
    root, stopped, process, tail = os.environ.get("SM_ROOT", "/opt/ml"), [], None, [b""]

    def on_term(number, frame):  # process 1 has no default action: without this the signal would be lost
        stopped.append(number)
        if process is None:
            sys.exit(143)
        for pid in children(process.pid) or [process.pid]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGTERM)

    def copy_output():
        for chunk in iter(lambda: process.stdout.read1(65536), b""):
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            tail[0] = (tail[0] + chunk)[-20000:]

    signal.signal(signal.SIGTERM, on_term)
    try:
        install(args)
        command, env, first = torchrun(root, name, args)
        process = subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        reader = threading.Thread(target=copy_output, daemon=True)
        reader.start()
        code = process.wait()
        reader.join(10)  # no longer: a helper that outlives torchrun would hold the pipe open, and the machine costs
        if first and (code == 0 or stopped):
            keep_model(f"{root}/checkpoints/{name}", os.environ.get("SM_MODEL_DIR", f"{root}/model"))
        text = reason(tail[0].decode(errors="replace"), code)
    except Exception as e:
        code, text = 1, f"{type(e).__name__}: {e}"
        print(text, flush=True)
    if code and not stopped:
        os.makedirs(f"{root}/output", exist_ok=True)
        with open(f"{root}/output/failure", "w", encoding="utf-8") as f:
            f.write(text[:1024])
    sys.exit(143 if code and stopped else 1 if code else 0)

# -----------------------------------------------------------------------------

WORDS = {"upload": upload, "launch": launch, "status": status, "logs": logs, "stop": stop, "download": download, "cost": cost, "list": list_jobs}


def main():
    if sys.argv[1:2] == ["container"]:
        container(*sys.argv[2:])
    global keys
    keys = configure(__file__, also=("train.py",), words=tuple(WORDS))
    globals().update({k: keys[k] for k in read_defaults(__file__)})
    word = "".join(keys["words"][:1])
    check((len(keys["words"]) != 1, f"what to do? one of {', '.join(WORDS)}, e.g. python sagemaker_entry.py launch --dry-run", 2))
    if word == "launch" and (config or not any(a.endswith(".py") and a[:2] != "--" for a in sys.argv[1:])):
        sys.argv.insert(1, config or os.path.join(ROOT, "config", f"{model_size}.py"))  # before what was typed, which overrides it
        keys = configure(__file__, also=("train.py",), words=tuple(WORDS))
    if typed("epochs") and not typed("max_steps"):
        keys["max_steps"] = 0  # the config's would win
    load_env()
    try:
        WORDS[word]()
    except Exception as e:
        if type(e).__module__.split(".")[0] not in ("botocore", "boto3", "s3transfer"):
            raise
        error = getattr(e, "response", {}).get("Error", {})
        said = " ".join(f"{error.get('Code') or type(e).__name__}: {error.get('Message') or e} {error.get('BucketName', '')}".split())
        die(f"{said}: {hint(said)}")


if __name__ == "__main__":
    main()
