"""
Train on SageMaker: the launcher on your desk, and the entry in the container, which hands over to the unchanged train.py.

    python sagemaker_entry.py launch --model-size small --dataset corpus --s3-bucket my-bucket --dry-run   # no account, no network
    python sagemaker_entry.py launch --model-size small --dataset corpus --s3-bucket my-bucket --use-spot
    python sagemaker_entry.py logs --follow
    python sagemaker_entry.py download && python sample.py --out_dir out/small --start "The final"

Further words: upload, status, stop, cost, list. docs/sagemaker.md goes from an empty account to a trained model.
"""
import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

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
ROOT = Path(__file__).absolute().parent
CODE = ["configurator.py", "model.py", "sagemaker.json", "sagemaker_entry.py", "train.py"]  # what the container gets
TABLE = json.loads((ROOT / "sagemaker.json").read_text(encoding="utf-8"))  # machines, images, forms of keys, hints
DAY = 86400


def remark(*args):
    print(*args, file=sys.stderr, flush=True)


def check(*rules):
    """The first of the rules (bad, message[, exit code]) that applies ends the program."""
    for bad, *why in rules:
        if bad:
            die(*why)


def hint(text):
    return next((way for pattern, way in TABLE["hints"].items() if re.search(pattern, text)), "see docs/sagemaker.md")


def typed(key):
    return any(a.split("=")[0].replace("-", "_") == f"__{key}" for a in sys.argv)

# -----------------------------------------------------------------------------
# the plan: all that can be known without a network

def check_typed():
    """Slips in what was typed, seen before anything else is looked at."""
    for names, (form, message) in TABLE["keys"].items():
        for key in names.split():
            value = str(keys[key])
            check((value and not re.fullmatch(form, value), message.format(key=key, value=value), 2))
    check((keys["wandb"] == "online" and not wandb_secret,
           "--wandb online needs --wandb_secret ARN, for a key in the environment stays here; or --wandb offline", 2),
          (max_run > 28 * DAY, f"--max_run {max_run}: a job lasts {28 * DAY} seconds (28 days) at most; the same launch continues the run"),
          (max_wait and not use_spot, "--max_wait is the patience of a spot job: add --use_spot, or leave it out"))


def gpu_bytes(model, rows, per_value=74):
    """An estimate of what a GPU holds: 74 bytes per position, layer and channel were counted on the uncompiled model."""
    c = model.config
    state = (18 if keys["optimizer"] == "adamw" else 14) * model.num_params()  # weights, gradients, moments in fp32, copies in bf16
    head = 4 * c.vocab_size * (c.n_embd + 3 * 1024)  # its gradient, and a chunk of logits
    return state + head + per_value * c.n_layer * c.n_embd * c.block_size * rows + 1.5e9


def plan(meta):
    """The numbers of a launch, or one line and the end. meta: of the data, where it is known."""
    import torch

    from model import PEAK_FLOPS, GPT, GPTConfig
    name = run or re.sub(r"[._]", "-", Path(keys["out_dir"]).name)
    kind, count = (instance_type, 1) if instance_type else TABLE["sizes"][model_size][hardware]
    row, count = TABLE["instances"].get(kind), instance_count or count
    check((not re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*", f"{s3_prefix}-{name}") or len(s3_prefix + name) > 46,
           f"--s3_prefix {s3_prefix!r} and --run {name!r} begin the names of jobs: letters, digits and -, 46 of them at most", 2),
          (not row, f"--instance_type {kind!r} is not in sagemaker.json, which knows {', '.join(TABLE['instances'])}; add a row for another"))
    try:
        shape = {k: keys[k] for k in GPTConfig.__dataclass_fields__}
        with torch.device("meta"):
            model = GPT(GPTConfig(**{**shape, "vocab_size": shape["vocab_size"] or (meta["vocab_size"] if meta else 32000)}))
    except AssertionError as e:
        die(e)
    while not typed("batch_size") and keys["batch_size"] > 1 and gpu_bytes(model, keys["batch_size"]) > 0.95e9 * row["gpu_gb"]:
        keys["batch_size"] //= 2
    epoch = meta["tokens"]["train"] / keys["total_batch_size"] if meta else 0
    steps = keys["max_steps"] or (max(1, int(keys["epochs"] * epoch)) if meta else 0)  # 0: not known
    flops = model.flops_per_token() * keys["total_batch_size"] * steps
    hours = flops / (PEAK_FLOPS[row["gpu"]] * row["gpus"] * count * mfu) / 3600
    seconds = max_run or int(min(5 * DAY, max(3600, 1.5 * 3600 * hours)) if steps else DAY)
    stored = (2 * sum(meta["tokens"].values()) if meta else 20e9) + (keys["keep_checkpoints"] + 2) * 12 * model.num_params()
    p = SimpleNamespace(run=name, kind=kind, row=row, count=count, gpus=row["gpus"] * count, meta=meta, model=model, steps=steps, flops=flops,
                        hours=hours, seconds=seconds, wait=max_wait or min(28 * DAY, seconds + DAY), volume=int(30 + 1.2e-9 * stored))
    check_plan(p)
    return p


def check_plan(p):
    """Machine, data, batch, time and disk fit together."""
    row, rows, T, step, every = p.row, keys["batch_size"], keys["block_size"], keys["total_batch_size"], keys["checkpoint_interval"]
    least, unit = gpu_bytes(p.model, rows, 45) / 1e9, T * p.gpus  # compiled, it may be as little as this
    larger = next((k for k, r in TABLE["instances"].items() if r["gpu_gb"] > least), "of more memory")
    smaller = f"--batch_size {rows // 2} or " if rows > 1 else ""
    shortest, ids = (min(p.meta["tokens"].values()), p.meta["vocab_size"]) if p.meta else (T + 1, 0)
    check((0 < keys["vocab_size"] < ids, f"vocab_size {keys['vocab_size']} is smaller than the data's: --vocab_size {ids}"),
          (shortest <= T, f"a split of the data has {shortest} tokens, fewer than a row of block_size {T}: more data or a shorter --block_size"),
          (least > row["gpu_gb"], f"{p.model.num_params() / 1e6:,.0f}M parameters at batch_size {rows} x block_size {T} need about {least:.0f} GB, "
           f"the {row['gpu']} of {p.kind} has {row['gpu_gb']}: {smaller}--instance_type {larger}"),
          (step % unit, f"total_batch_size {step} is no multiple of block_size {T} x {p.gpus} GPUs: "
           f"--total_batch_size {max(1, round(step / unit)) * unit}, or another number of GPUs"),
          (use_spot and 0 < p.steps <= every,
           f"spot without checkpoints: the run has {p.steps} steps, one is saved every {every}: --checkpoint_interval {max(1, p.steps // 20)}"),
          (0 < max_wait < p.seconds, f"--max_wait {max_wait} is below --max_run {p.seconds}, which it contains: --max_wait {p.seconds + DAY}"),
          (p.hours > 28 * 24 and not max_run, f"{p.steps:,} steps on {p.count} x {p.kind} take about {p.hours / 24:,.0f} days, a job may last 28: "
           f"fewer --max_steps, --hardware high, or --max_run {28 * DAY} and a second launch"),
          (p.volume > row["disk_gb"], f"about {p.volume} GB of data and checkpoints, {p.kind} has {row['disk_gb']}: lower --keep_checkpoints"))


def describe(p):
    """What will run, for how long and how much, on stderr."""
    c, row, rate, share, batch = p.model.config, p.row, p.row["usd_per_hour"] * p.count, TABLE["spot_share"], keys["batch_size"]
    work = f"{p.steps:,} steps, {p.steps * keys['total_batch_size'] / 1e9:.3g}B tokens, {p.flops:.1e} FLOP" if p.steps else "--epochs of unknown data"
    remark(f"run    {p.run}: {c.n_layer} layers x {c.n_embd}, {p.model.num_params() / 1e6:,.0f}M parameters, {work}")
    remark(f"on     {p.count} x {p.kind}: {p.gpus} x {row['gpu']} {row['gpu_gb']} GB, {'spot' if use_spot else 'on demand'}, "
           f"batch_size {batch}, about {gpu_bytes(p.model, batch) / 1e9:.0f} GB of each")
    if p.steps:
        remark(f"takes  about {p.hours:.1f} h at an assumed MFU of {mfu:.0%}: ${p.hours * rate:,.2f} on demand, "
               f"${p.hours * rate * share:,.2f} on spot if that bills {share:.0%} (assumed); list prices of sagemaker.json")
        minutes = p.hours * 60 / p.steps * keys["checkpoint_interval"]
        remark(f"saves  every {minutes:,.0f} minutes (--checkpoint_interval): that much an interruption may cost")
    remark(f"stops  after {p.seconds / 3600:.1f} h at the latest, ${p.seconds / 3600 * rate:,.2f}, and saves; the same launch continues")


def build_request(p, bucket, role_arn, region):
    """The CreateTrainingJob request, one dict. Nothing secret is in it: DescribeTrainingJob shows it all."""
    registry, code = TABLE["images"]["registry"], hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in CODE))
    check((region not in registry and not image, f"sagemaker.json has no image for region {region!r}: one of {', '.join(registry)}, or --image URI"))
    home = f"s3://{bucket}/{s3_prefix}"
    channels = {"code": f"{home}/code/{code.hexdigest()[:12]}", "train": train_data or f"{home}/data/{Path(keys['dataset']).name}",
                "tokenizer": tokenizer_data, "init": keys["init_from"] if keys["init_from"] != "scratch" else ""}
    changed = [f"--{k}={keys[k]}" for k, (default, _) in read_defaults(ROOT / "train.py").items()
               if keys[k] != default and k not in ("out_dir", "dataset", "init_from")]  # which the container knows
    return {
        "TrainingJobName": f"{s3_prefix}-{p.run}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}",
        "RoleArn": role_arn,
        "AlgorithmSpecification": {
            "TrainingImage": image or f"{registry[region]}/{TABLE['images']['name']}", "TrainingInputMode": "File",
            # Python is process 1 and gets SIGTERM itself: a shell, or the toolkit's, keeps it from train.py
            "ContainerEntrypoint": ["python3", "/opt/ml/input/data/code/sagemaker_entry.py", "container"],
            "ContainerArguments": [p.run, *changed],
            "MetricDefinitions": [{"Name": name, "Regex": regex} for name, regex in TABLE["metrics"].items()]},
        "InputDataConfig": [{"ChannelName": name, "DataSource": {"S3DataSource": {  # without its last / a prefix takes in longer namesakes too
            "S3DataType": "S3Prefix", "S3Uri": uri.rstrip("/") + "/", "S3DataDistributionType": "FullyReplicated"}}}
            for name, uri in channels.items() if uri],
        "OutputDataConfig": {"S3OutputPath": output_path or f"{home}/jobs/{p.run}"},
        "CheckpointConfig": {"S3Uri": f"{home}/runs/{p.run}/checkpoints", "LocalPath": "/opt/ml/checkpoints"},  # the run's, not the job's
        "ResourceConfig": {"InstanceType": p.kind, "InstanceCount": p.count, "VolumeSizeInGB": p.volume},
        "StoppingCondition": {"MaxRuntimeInSeconds": p.seconds, **({"MaxWaitTimeInSeconds": p.wait} if use_spot else {})},
        "EnableManagedSpotTraining": use_spot,
        "Environment": {**TABLE["efa"][p.row["efa"] if p.count > 1 else "none"], **({"WANDB_SECRET_ARN": wandb_secret} if wandb_secret else {})},
        "Tags": [{"Key": "project", "Value": s3_prefix}, {"Key": "run", "Value": p.run}],
    }

# -----------------------------------------------------------------------------
# S3

class Folder:
    """What lies below an s3:// address, as it was when looked at. sizes: {path below it: bytes}"""

    def __init__(self, session, uri):
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self.bucket, self.prefix, self.uri = session.resource("s3").Bucket(bucket), key.strip("/") + "/", uri.rstrip("/")
        self.sizes = {o.key.removeprefix(self.prefix): o.size for o in self.bucket.objects.filter(Prefix=self.prefix)}

    def json(self, name):
        return json.load(self.bucket.Object(self.prefix + name).get()["Body"])

    def newest(self):
        """Of a run directory: the name of its last checkpoint, or None."""
        return max((n.split("/")[1] for n in self.sizes if re.fullmatch(r"ckpt/step_\d+/meta\.json", n)), default=None)

    def put(self, folder, names, meta=None):
        """Send what is not there with the same checksum, large files in parts; the manifest last."""
        from tqdm import tqdm

        from model import file_sha256
        files = {}
        for name in names:
            path, there = os.path.join(folder, name), self.bucket.Object(self.prefix + name)
            size, sha = os.path.getsize(path), file_sha256(path)
            check((meta and meta["sha256"].get(name, sha) != sha, f"{path} is not what its meta.json says: run prepare.py again"))
            files[name], same = {"bytes": size, "sha256": sha}, name in self.sizes and there.metadata.get("sha256") == sha
            if not same:
                with tqdm(total=size, unit="B", unit_scale=True, desc=name, delay=2) as bar:
                    there.upload_file(path, ExtraArgs={"Metadata": {"sha256": sha}}, Callback=bar.update)
            remark(f"{'there' if same else 'sent '}  {self.uri}/{name}, {size:,} bytes")
        self.bucket.put_object(Key=self.prefix + "manifest.json", Body=json.dumps({"files": files}, indent=1).encode())

    def get(self, pattern, target):
        """Fetch what fits the pattern into the folder target."""
        from tqdm import tqdm
        for name in (n for n in self.sizes if re.fullmatch(pattern, n)):
            path = os.path.join(target, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with tqdm(total=self.sizes[name], unit="B", unit_scale=True, desc=name, delay=2) as bar:
                self.bucket.download_file(self.prefix + name, path, Callback=bar.update)


def run_folder(session, job):
    """The run directory of a job, or of a request for one."""
    uri = job["CheckpointConfig"]["S3Uri"]
    return Folder(session, f"{uri}/{uri.split('/')[-2]}")

# -----------------------------------------------------------------------------
# AWS: what is looked at before anything is sent

def aws():
    """(boto3 session, account), with credentials and a region that work."""
    try:
        import boto3
    except ImportError:
        die("boto3 is missing: pip install -r requirements-sagemaker.txt (launch --dry-run works without)")
    session = boto3.Session(region_name=region or os.environ.get("AWS_REGION") or None)
    return session, session.client("sts").get_caller_identity()["Account"]


def find_role(session, account):
    """ARN of the role for the job, which is there and which SageMaker may assume."""
    iam, wanted = session.client("iam"), role or os.environ.get("SAGEMAKER_ROLE", "")
    check((wanted.startswith("arn:") and f"::{account}:" not in wanted,
           f"--role {wanted} is of another account than your credentials, {account}: another --role or AWS_PROFILE"))
    there = [iam.get_role(RoleName=wanted.split("/")[-1])["Role"]] if wanted else iam.get_paginator("list_roles").paginate().search("Roles[]")
    good = [r for r in there if "sagemaker.amazonaws.com" in json.dumps(r["AssumeRolePolicyDocument"])]
    check((not good, f"there is no role {wanted} that SageMaker may assume (trust policy: sagemaker.amazonaws.com): "
           "docs/sagemaker.md makes one in two commands"),
          (len(good) > 1, f"several roles could be meant: --role {', or --role '.join(sorted(r['RoleName'] for r in good)[:5])}"))
    return good[0]["Arn"]


def find_bucket(session, account):
    name = s3_bucket or f"sagemaker-{session.region_name}-{account}"
    where = session.client("s3").get_bucket_location(Bucket=name).get("LocationConstraint") or "us-east-1"
    check((where != session.region_name,
           f"bucket {name} is in {where}, the job would be in {session.region_name}: --region {where}, or another bucket"))
    return name


def check_quota(session, kind, count):
    """Most accounts begin with none of the large machines. Where the quota cannot be read, the launch finds out."""
    from botocore.config import Config
    label, patience = f"{kind} for {'spot ' if use_spot else ''}training job usage", Config(retries={"max_attempts": 0}, read_timeout=10)
    try:
        pages = session.client("service-quotas", config=patience).get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
        value = next((q["Value"] for page in pages for q in page["Quotas"] if q["QuotaName"] == label), count)
    except Exception as e:
        return remark(f"the quota could not be read ({type(e).__name__}); if it is too low, the launch will say so")
    check((value < count, f"your quota '{label}' is {value:.0f}, this asks for {count}: raise it in Service Quotas > Amazon SageMaker "
           "(hours to days), or another --instance_type"))


def check_data(session, uri):
    """meta.json of a set on S3, whose files are there and have the sizes that it says."""
    there = Folder(session, uri)
    again = f"python sagemaker_entry.py upload --data data/{Path(uri).name} --s3-bucket {there.bucket.name}"
    check(("meta.json" not in there.sizes, f"{uri} holds no meta.json: {again}, once python prepare.py has made it"))
    meta = there.json("meta.json")
    wanted = {n: meta["tokens"][n.split(".")[0]] * (1 if n.endswith(".mask.bin") else 2) for n in meta["sha256"] if n.endswith(".bin")}
    wrong = [f"{n} has {there.sizes.get(n, 0)} bytes, not {size}" for n, size in wanted.items() if there.sizes.get(n) != size]
    check((wrong, f"{uri} is not whole, {', '.join(wrong)}: {again}"),
          ("tokenizer.model" not in there.sizes and not tokenizer_data, f"{uri} holds no tokenizer.model: {again}, or --tokenizer_data s3://..."))
    return meta


def check_run(session, p, request):
    """Nobody else writes there: no job of this run is going, and what the prefix holds is this run, unfinished."""
    name = request["TrainingJobName"][:-16]  # without -YYYYMMDD-HHMMSS
    going = session.client("sagemaker").list_training_jobs(NameContains=name, StatusEquals="InProgress")["TrainingJobSummaries"]
    check((any(j["TrainingJobName"][:-16] == name for j in going),
           f"a job is training this run already: python sagemaker_entry.py stop --run {p.run}, or another --run"))
    folder = run_folder(session, request)
    if not folder.newest():
        return
    old = folder.json(f"ckpt/{folder.newest()}/meta.json")
    fixed = re.search(r'^FIXED = "(.+)"', (ROOT / "train.py").read_text(encoding="utf-8"), re.M)[1].split()  # what train.py would refuse
    other = [f"{k} {old['config'][k]!r} there, {keys[k]!r} here" for k in fixed
             if keys[k] not in (0, old["config"][k]) and keys["init_from"] == "scratch"]
    other += ["other data"] if old["data_sha256"] != p.meta["sha256"]["train.bin"] else []
    check((other, f"{folder.uri} holds another run's checkpoints ({', '.join(other)}): another --run, or its keys and data to continue it"),
          (0 < p.steps <= old["step"],
           f"run {p.run} is finished at step {old['step']}: python sagemaker_entry.py download --run {p.run}, or more --max_steps"))
    remark(f"resumes {folder.uri} at step {old['step']}")

# -----------------------------------------------------------------------------
# the words

def files_of(folder):
    """(names, meta) of what training reads of a data directory; of a run directory all, and None."""
    folder = Path(folder)
    if (folder / "ckpt").is_dir():
        return [str(p.relative_to(folder)) for p in sorted(folder.rglob("*")) if p.is_file() and p.stat().st_size], None
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        names = [*(n for n in meta["sha256"] if n.endswith(".bin")), "tokenizer.model", "meta.json"]
    except (OSError, ValueError, KeyError) as e:
        die(f"{folder} is no data directory ({e}): make it first, python prepare.py {folder.name}")
    missing = [n for n in names if not (folder / n).exists()]
    check((missing, f"{folder} lacks {', '.join(missing)}: run prepare.py again"))
    return names, meta


def upload():
    check_typed()
    check((not data, "which folder? --data data/NAME, as python prepare.py made it, or --data out/RUN", 2))
    (names, meta), (session, account) = files_of(data), aws()
    folder = Folder(session, f"s3://{find_bucket(session, account)}/{s3_prefix}/{'data' if meta else 'init'}/{Path(data).name}")
    folder.put(data, names, meta)
    remark(f"use it: launch {'--train_data' if meta else '--init_from'} {folder.uri}/")
    print(f"{folder.uri}/")


def launch():
    check_typed()
    folder, names, meta = ROOT / "data" / keys["dataset"], [], None
    if not train_data and (folder / "meta.json").exists():
        names, meta = files_of(folder)
    p = plan(meta)
    if dry_run:
        where = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        wanted = role or os.environ.get("SAGEMAKER_ROLE") or "ROLE"
        arn = wanted if wanted.startswith("arn:") else f"arn:aws:iam::000000000000:role/{wanted}"
        request = build_request(p, s3_bucket or f"sagemaker-{where}-000000000000", arn, where)
        describe(p)
        remark("dry run: nothing was sent; data on S3, role, bucket and quota were not looked at")
        return print(json.dumps(request, indent=1))
    session, account = aws()
    bucket, arn = find_bucket(session, account), find_role(session, account)
    p = p if meta else plan(check_data(session, train_data or f"s3://{bucket}/{s3_prefix}/data/{folder.name}"))
    request = build_request(p, bucket, arn, session.region_name)
    check_run(session, p, request)
    check_quota(session, p.kind, p.count)
    describe(p)
    if not yes:
        remark("start it? [y/N]")
        check((not sys.stdin.readline().strip().lower().startswith("y"), "not started, nothing was uploaded: answer y, or add --yes"))
    code, train = (c["DataSource"]["S3DataSource"]["S3Uri"] for c in request["InputDataConfig"][:2])
    if meta:
        Folder(session, train).put(folder, names, meta)
    Folder(session, code).put(ROOT, CODE)
    try:  # the SDK's client where it is installed, else boto3's: the request is the same
        from sagemaker.core.helper.session_helper import Session
        client = Session(boto_session=session).sagemaker_client
    except ImportError:
        client = session.client("sagemaker")
    client.create_training_job(**request)
    remark("python sagemaker_entry.py logs --follow   shows what it prints; the same launch continues it when it was stopped")
    print(request["TrainingJobName"])


def jobs(most=1):
    """(session, descriptions of the jobs meant, newest first): --job, or those of --run, or all below s3_prefix."""
    session, _ = aws()
    sagemaker, start, names = session.client("sagemaker"), f"{s3_prefix}-{run}", [job]
    if not job:
        there = sagemaker.get_paginator("list_training_jobs").paginate(NameContains=start).search("TrainingJobSummaries[].TrainingJobName")
        names = [n for n in there if (n[:-16] == start if run else n.startswith(start))]  # the last 16 are -YYYYMMDD-HHMMSS
        check((not names, f"there is no job {start}... in {session.region_name}: launch one, or another --s3_prefix, --run or --region"))
        names = sorted(names, key=lambda name: name[-15:], reverse=True)[:most]
    return session, [sagemaker.describe_training_job(TrainingJobName=name) for name in names]


def list_jobs(most=50):
    """What ran, what was billed for it at list prices, and so what spot saved."""
    session, found = jobs(most)
    asked = spent = 0.0
    for d in found:
        machines, ran = d["ResourceConfig"], d.get("TrainingTimeInSeconds", 0)
        kind, count, billed = machines["InstanceType"], machines["InstanceCount"], d.get("BillableTimeInSeconds", ran)
        rate = TABLE["instances"].get(kind, {}).get("usd_per_hour", float("nan")) * count / 3600
        asked, spent = asked + ran * rate, spent + billed * rate
        print(f"{d['TrainingJobName']:<44} {d['TrainingJobStatus']:<10} {count} x {kind:<16} ran {ran:>8,} s, billed {billed:>8,} s, "
              f"${billed * rate:>9,.2f}, {1 - billed / max(ran, 1):.0%} saved")
    print(f"${spent:,.2f}, on demand ${asked:,.2f}: {1 - spent / max(asked, 1e-9):.0%} saved; without storage and transfer")


def status():
    session, (d,) = jobs()
    print(f"{d['TrainingJobName']}  {d['TrainingJobStatus']}  {d.get('SecondaryStatus', '')}")
    for t in d.get("SecondaryStatusTransitions", []):
        print(f"  {t['StartTime']:%Y-%m-%d %H:%M:%S}  {t['Status']:<16} {t.get('StatusMessage', '')}")
    for m in d.get("FinalMetricDataList", []):
        print(f"  {m['MetricName']:<16} {m['Value']:.4f}")
    print(f"  checkpoint       {run_folder(session, d).newest() or 'none yet'}")
    if d["TrainingJobStatus"] in ("Failed", "Stopped"):
        why = f"{d.get('FailureReason', '')} {d.get('SecondaryStatus', '')}"
        print(f"  {' '.join(why.split())}\n  {hint(why)}")


def logs():
    """What the machines print, as it comes; with --follow until the job has ended."""
    session, (d,) = jobs()
    name, client, since, seen = d["TrainingJobName"], session.client("logs"), 0, set()
    where = dict(logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix=f"{name}/")
    while True:
        d = session.client("sagemaker").describe_training_job(TrainingJobName=name)  # before the lines are read, so that none is missed
        with contextlib.suppress(client.exceptions.ResourceNotFoundException):  # where no job has ever printed
            for e in client.get_paginator("filter_log_events").paginate(**where, startTime=since).search("sort_by(events, &timestamp)"):
                if e["eventId"] not in seen:
                    print(f"{e['logStreamName'].split('/')[1].rsplit('-', 1)[0]}  {e['message'].rstrip()}", flush=True)
                    seen.add(e["eventId"])
                    since = max(since, e["timestamp"] - 60_000)  # machines deliver out of order
        if not follow or d["TrainingJobStatus"] not in ("InProgress", "Stopping"):
            break
        time.sleep(5)
    if not seen:
        remark(f"{name} has printed nothing yet: machines take some minutes to start, python sagemaker_entry.py status")


def stop():
    session, (d,) = jobs()
    name, now = d["TrainingJobName"], d["TrainingJobStatus"]
    check((now != "InProgress", f"{name} is not running ({now}): nothing to stop"))
    session.client("sagemaker").stop_training_job(TrainingJobName=name)
    remark("it saves and ends within two minutes; the same launch continues it")
    print(name)


def download():
    """The model of a job, or where it left none the run's newest checkpoint, as a run directory for sample.py."""
    from model import read_checkpoint
    session, (d,) = jobs()
    saved, artifact = run_folder(session, d), d.get("ModelArtifacts", {}).get("S3ModelArtifacts", "")
    target = keys["out_dir"] if typed("out_dir") else os.path.join("out", Path(saved.uri).name)
    part = Path(f"{target}.part")
    check((os.path.exists(target), f"{target} is there already: choose another --out_dir, or move it away"))
    shutil.rmtree(part, ignore_errors=True)
    if artifact and not full:
        Folder(session, os.path.dirname(artifact)).get(r"model\.tar\.gz", part)
    for archive in part.glob("model.tar.gz"):
        shutil.unpack_archive(archive, part, filter="data")
        archive.unlink()
    if read_checkpoint(part, remark)[0] is None:  # it failed, is still going, or --full
        step = saved.newest()
        check((not step, f"{d['TrainingJobName']} ({d['TrainingJobStatus']}) has saved nothing yet in {saved.uri}: python sagemaker_entry.py status"))
        saved.get(rf"ckpt/{step}/.*|\w+\.(jsonl?|model|png)", part)
        check((read_checkpoint(part, remark)[0] is None, f"{saved.uri}/ckpt/{step} is not whole, a job may be writing it: try again in some minutes"))
    os.replace(part, target)
    remark(f'python sample.py --out_dir {target} --start "The final"')
    print(target)

# -----------------------------------------------------------------------------
# in the container

def install(args):
    """What train.py needs and the image lacks; torch is the image's own."""
    wandb = any(re.match("--wandb=(?!off$)", a) for a in args)
    wanted = ["numpy", "safetensors", "matplotlib", *["wandb"] * wandb, *["boto3"] * ("WANDB_SECRET_ARN" in os.environ)]
    lacks = [name for name in wanted if find_spec(name) is None]
    if lacks and subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *lacks]).returncode and {"numpy", "safetensors"} & set(lacks):
        raise OSError(f"pip could not install {', '.join(lacks)}: the job needs a way to PyPI, or an --image that has them")


def wandb_key(arn):
    """The key that the secret holds, plain or as JSON."""
    import boto3
    service, where = arn.split(":")[2:4]
    client = boto3.client(service, region_name=where)
    if service == "ssm":
        return client.get_parameter(Name=arn, WithDecryption=True)["Parameter"]["Value"].strip()
    text = client.get_secret_value(SecretId=arn)["SecretString"].strip()
    return json.loads(text)["WANDB_API_KEY"] if text.startswith("{") else text


def torchrun(root, name, args):
    """(command, what it needs in the environment, whether this machine holds rank 0)"""
    channels = Path(root, "input", "data")
    r = json.loads(Path(root, "input", "config", "resourceconfig.json").read_text(encoding="utf-8"))
    hosts, network = sorted(r["hosts"], key=lambda h: (len(h), h)), r.get("network_interface_name")
    env = {"NCCL_SOCKET_IFNAME": network, "GLOO_SOCKET_IFNAME": network} if network else {}
    if "WANDB_SECRET_ARN" in os.environ:
        try:
            env["WANDB_API_KEY"] = wandb_key(os.environ["WANDB_SECRET_ARN"])
        except Exception as e:
            print(f"W&B is offline, its secret cannot be read: {type(e).__name__}: {e}", flush=True)
            args = [*args, "--wandb=offline"]
    data = channels / "train"
    if (channels / "tokenizer").is_dir():  # it comes apart: a folder of links to both, for channels cannot be written to
        data = Path(root, "set")
        data.mkdir()
        tokenizer, = (channels / "tokenizer").glob("*.model")
        for path in [tokenizer, *(p for p in (channels / "train").iterdir() if p.name != "tokenizer.model")]:
            (data / ("tokenizer.model" if path == tokenizer else path.name)).symlink_to(path)
    init = [f"--init_from={channels}/init"] if (channels / "init").is_dir() else []
    command = [sys.executable, "-m", "torch.distributed.run", f"--nnodes={len(hosts)}", f"--node_rank={hosts.index(r['current_host'])}",
               f"--nproc_per_node={os.environ.get('SM_NUM_GPUS', 'gpu')}", f"--master_addr={hosts[0]}",
               f"--master_port={os.environ.get('MASTER_PORT', '29500')}", str(ROOT / "train.py"), *args,
               f"--out_dir={root}/checkpoints/{name}", f"--dataset={data}", *init]
    print(" ".join(command), flush=True)
    return command, env, hosts[0] == r["current_host"]


def children(pid):
    """torchrun's ranks. They are signalled themselves: torchrun would kill them 30 seconds later, SageMaker leaves them 120."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread may end just now
            found += map(int, path.read_text().split())
    return found


def keep_model(run_dir, target):
    """The newest checkpoint's run directory without the state that only a resumed run reads."""
    from model import checkpoint_dirs, meta_sha256, read_checkpoint
    path, meta = read_checkpoint(run_dir)
    if path is None:
        return print("there is no checkpoint to make a model of", flush=True)
    others = [os.path.basename(d) for d in checkpoint_dirs(run_dir) if d != path]
    shutil.copytree(run_dir, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("training_state.pt", "wandb", ".*", *others))
    del meta["files"]["training_state.pt"]
    ckpt, step = Path(target, "ckpt"), os.path.basename(path)
    (ckpt / step / "meta.json").write_text(json.dumps({**meta, "sha256": meta_sha256(meta)}, indent=1))
    (ckpt / "latest").write_text(step)


def reason(text, code):
    """The line of the output that tells why; its first 1024 characters become the job's FailureReason."""
    lines = [x.strip() for x in text.splitlines() if x.strip()]
    raised = [x for x in lines if re.match(r"[\w.]*(Error|Exception)\b", x) and not x.startswith("torch.distributed.elastic")]  # torchrun's own
    said = [x for x in lines if x.startswith("error: ")] or raised
    if re.search(r"exitcode *: -9", text):
        said = ["a process was killed, most likely for memory of the machine: a larger --instance_type"]
    return f"{(said or lines or ['no output'])[-1]} (exit code {code})"


def container(name, *args):
    """One per machine: start torchrun, pass SIGTERM on to its ranks; at the end keep the model, or the reason of the failure."""
    root, stopped, process = os.environ.get("SM_ROOT", "/opt/ml"), False, None

    def on_term(number, frame):  # process 1 has no default action: without this the signal would be lost
        nonlocal stopped
        stopped = True
        if process is None:
            sys.exit(143)
        for pid in children(process.pid) or [process.pid]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, on_term)
    try:
        install(args)
        command, env, first = torchrun(root, name, args)
        tee = subprocess.Popen(["tee", f"{root}/log"], stdin=subprocess.PIPE)
        process = subprocess.Popen(command, env={**os.environ, **env}, stdout=tee.stdin, stderr=subprocess.STDOUT)
        tee.stdin.close()
        code = process.wait()
        with contextlib.suppress(subprocess.TimeoutExpired):  # no longer: what outlives torchrun holds the pipe open, and the machine costs
            tee.wait(10)
        if first and (code == 0 or stopped):
            keep_model(f"{root}/checkpoints/{name}", f"{root}/model")
        text = reason(Path(root, "log").read_text(errors="replace")[-20000:], code)
    except Exception as e:
        code, text = 1, f"{type(e).__name__}: {e}"
        print(text, flush=True)
    if code and not stopped:
        os.makedirs(f"{root}/output", exist_ok=True)
        Path(root, "output", "failure").write_text(text[:1024], encoding="utf-8")
    sys.exit(143 if code and stopped else 1 if code else 0)

# -----------------------------------------------------------------------------

WORDS = {"upload": upload, "launch": launch, "status": status, "logs": logs, "stop": stop, "download": download, "list": list_jobs, "cost": list_jobs}


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
