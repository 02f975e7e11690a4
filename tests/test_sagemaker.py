"""SageMaker without SageMaker: the real commands against moto's servers on loopback, and the container's command of the
recorded request in a stand-in of /opt/ml per machine, two machines that talk over gloo."""
import contextlib
import io
import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import model as model_py
import prepare
import sagemaker_entry as entry

logging.getLogger("werkzeug").disabled = True  # moto says every request
boto3 = pytest.importorskip("boto3")
pytest.importorskip("moto.server")

ROOT = Path(__file__).resolve().parent.parent
ROLE = "arn:aws:iam::123456789012:role/trainer"
TINY = ["--n_layer", 1, "--n_head", 2, "--n_embd", 32, "--block_size", 32, "--total_batch_size", 512, "--batch_size", 8, "--max_steps", 40, "--warmup_steps", 4,
        "--log_interval", 1, "--eval_interval", 20, "--eval_steps", 2, "--dtype", "float32", "--compile", "false", "--checkpoint_interval", 8, "--vocab_size", 0]

# -----------------------------------------------------------------------------
# helpers

@pytest.fixture(scope="module")
def cloud():
    """moto's servers, a bucket, a role; .env is what a command needs to find them."""
    from moto.server import ThreadedMotoServer
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    env = {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1",
           "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_REGION": "", "AWS_PROFILE": "", "SAGEMAKER_ROLE": ""}
    env = {k: v for k, v in env.items() if v}
    session = boto3.Session("testing", "testing", region_name="us-east-1")
    client = {name: session.client(name, endpoint_url=env["AWS_ENDPOINT_URL"]) for name in ("s3", "sagemaker", "iam", "logs", "sts", "secretsmanager", "ssm")}
    client["s3"].create_bucket(Bucket="sports")
    client["s3"].create_bucket(Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    client["iam"].create_role(RoleName="trainer", AssumeRolePolicyDocument=json.dumps(trust))
    client["iam"].create_role(RoleName="lambda", AssumeRolePolicyDocument=json.dumps(trust).replace("sagemaker", "lambda"))
    yield SimpleNamespace(env=env, **client)
    server.stop()


@pytest.fixture
def call(monkeypatch):
    """call("launch", "--x", 1, env={}) -> returncode, stdout, stderr, as of the command; in this process, for torch is there already."""
    def call(*args, env=None, stdin=""):
        for name in [n for n in os.environ if n.startswith(("AWS_", "SAGEMAKER_", "WANDB_"))]:
            monkeypatch.delenv(name)
        for name, value in {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, **(env or {})}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["sagemaker_entry.py", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        monkeypatch.chdir(ROOT)
        out, err, code = io.StringIO(), io.StringIO(), 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                entry.main()
            except SystemExit as e:
                code = e.code
        return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())
    return call


@pytest.fixture(scope="module")
def big_set(tmp_path_factory, tiny_set):
    """A set long enough for the context of the real sizes: random tokens under the tiny tokenizer."""
    path = tmp_path_factory.mktemp("data") / "big"
    path.mkdir()
    count = {"train": 60_000, "val": 5_000}
    for split, n in count.items():
        np.random.default_rng(0).integers(10, 600, n).astype("<u2").tofile(path / f"{split}.bin")
    shutil.copy(tiny_set / "tokenizer.model", path)
    meta = {**json.loads((tiny_set / "meta.json").read_text()), "tokens": count, "supervised": count, "text_bytes": count,
            "sha256": {f"{s}.bin": model_py.file_sha256(path / f"{s}.bin") for s in count}}
    (path / "meta.json").write_text(json.dumps(meta))
    return path


def valid(shape, value, at="request"):
    """Complaints of botocore's own model about a value: its validator looks at types and least lengths, this at patterns and the most."""
    found, m = [], shape.metadata
    if isinstance(value, str):
        if len(value) > m.get("max", 10 ** 9) or "\\p" not in m.get("pattern", "\\p") and not re.fullmatch(m["pattern"], value) or m.get("enum") and value not in m["enum"]:
            found.append(f"{at}: {value!r} against {m}")
    elif isinstance(value, dict):
        for k, v in value.items():
            found += valid(shape.members[k] if shape.type_name == "structure" else shape.value, v, f"{at}.{k}")
    elif isinstance(value, list):
        found += [c for i, v in enumerate(value) for c in valid(shape.member, v, f"{at}[{i}]")]
        found += [f"{at}: {len(value)} items"] if len(value) > m.get("max", 10 ** 9) else []
    return found


def complaints(request):
    import botocore.session
    from botocore.validate import ParamValidator
    shape = botocore.session.get_session().get_service_model("sagemaker").operation_model("CreateTrainingJob").input_shape
    report = ParamValidator().validate(request, shape)
    return ([report.generate_report()] if report.has_errors() else []) + valid(shape, request)

# -----------------------------------------------------------------------------
# the request

def test_dry_run_needs_no_sdk_no_boto3_no_network_and_no_account(tmp_path, run):
    """Where importing them and opening a socket raises, the request is printed all the same."""
    (tmp_path / "sitecustomize.py").write_text("""
import socket, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("boto3", "botocore", "sagemaker", "s3transfer"):
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Blocked())
def no(*args, **kwargs):
    raise OSError("the network is blocked")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = no
""")
    env = {"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path), **{k: "" for k in os.environ if k.startswith("AWS_")}}
    r = run("sagemaker_entry.py", "launch", "--model-size", "small", "--dataset", "corpus", "--s3-bucket", "sports", "--dry-run", env=env)
    request = json.loads(r.stdout)
    assert complaints(request) == [] and "MFU" in r.stderr and "$" in r.stderr
    r = run("sagemaker_entry.py", "launch", "--dataset", "corpus", "--s3-bucket", "sports", "--yes", env=env, code=1)
    assert "requirements-sagemaker.txt" in r.stderr


@pytest.mark.parametrize("size", ["small", "medium", "large"])
@pytest.mark.parametrize("hardware", ["single", "multi", "high"])
def test_every_size_on_its_machines(call, size, hardware):
    r = call("launch", "--model-size", size, "--hardware", hardware, "--dataset", "corpus", "--s3-bucket", "sports", "--use-spot", "--dry-run", "--role", ROLE)
    assert r.returncode == 0, r.stderr
    request = json.loads(r.stdout)
    assert complaints(request) == []
    assert request["StoppingCondition"]["MaxWaitTimeInSeconds"] > request["StoppingCondition"]["MaxRuntimeInSeconds"] >= 3600
    n_layer = {"small": 12, "medium": 24, "large": 24}[size]
    assert f"--n_layer={n_layer}" in request["AlgorithmSpecification"]["ContainerArguments"]
    row = next(x for x in (ROOT / "docs" / "sagemaker.md").read_text(encoding="utf-8").splitlines() if x.startswith(f"| {size} | {hardware} |"))
    machines, dollars, on_spot = re.search(r"on     (.+?): .*takes .*: \$([\d,.]+) on demand, \$([\d,.]+) on spot", r.stderr, re.S).groups()
    whole = lambda x: f"| ${float(x.replace(',', '')):,.0f} |"
    assert f"| {machines} |" in row and whole(dollars) in row and whole(on_spot) in row


def test_metrics_are_found_in_what_train_prints(call, tiny_run, run, tiny_chat_set, tmp_path):
    r = call("launch", "--dataset", "corpus", "--s3-bucket", "sports", "--dry-run")
    line = "step 2/2 | loss 5.9012 | bpb 2.345 | val 5.1234 bpb 2.222 | lr 1.0e-02 | norm 1.00 | 30,405 tok/s | mfu 41.5% | eta 0m00s"
    found = {m["Name"]: re.search(m["Regex"], line)[1] for m in json.loads(r.stdout)["AlgorithmSpecification"]["MetricDefinitions"]}
    assert found == {"train:loss": "5.9012", "train:bpb": "2.345", "val:bpb": "2.222", "train:mfu": "41.5"}
    text = run("train.py", "--dataset", tiny_chat_set, "--out_dir", tmp_path / "run", "--max_steps", 2, "--n_layer", 1, "--n_embd", 32, "--n_head", 2, "--block_size", 32,
               "--total_batch_size", 512, "--eval_steps", 2, "--compile", "false", "--device", "cpu").stdout
    last = [x for x in text.splitlines() if x.startswith("step 2/")][0]
    shape = lambda s: re.sub(r"[\d.,]+%?|n/a", "#", re.sub(r"e[+-]\d+", "", s))
    assert shape(last) == shape(line)  # the line above is of the form that train.py prints today


def test_no_secret_is_in_the_request(call):
    r = call("launch", "--dataset", "corpus", "--s3-bucket", "sports", "--dry-run", "--wandb", "online", "--wandb-secret", "arn:aws:secretsmanager:us-east-1:123456789012:secret:wandb-x",
             env={"WANDB_API_KEY": "0123456789abcdef", "AWS_SECRET_ACCESS_KEY": "topsecret"})
    request = json.loads(r.stdout)
    assert not re.search("0123456789abcdef|topsecret", r.stdout) and "HyperParameters" not in request
    assert request["Environment"]["WANDB_SECRET_ARN"].endswith("wandb-x") and "--wandb=online" in request["AlgorithmSpecification"]["ContainerArguments"]


def test_efa_only_where_there_is_some(call):
    def environment(*args):
        return json.loads(call("launch", "--dataset", "corpus", "--s3-bucket", "sports", "--dry-run", *args).stdout)["Environment"]
    assert environment("--instance-type", "ml.p4d.24xlarge", "--instance-count", 2).items() >= {"FI_PROVIDER": "efa", "FI_EFA_USE_DEVICE_RDMA": "1"}.items()
    plain = environment("--instance-type", "ml.g5.48xlarge", "--instance-count", 2)
    assert plain["FI_PROVIDER"] == "efa" and "FI_EFA_USE_DEVICE_RDMA" not in plain  # which its adapters cannot do
    assert "FI_PROVIDER" not in environment("--instance-type", "ml.p4d.24xlarge") and "FI_PROVIDER" not in environment("--instance-type", "ml.g6e.12xlarge", "--instance-count", 2)

# -----------------------------------------------------------------------------
# the way of a run

def test_upload_launch_status_logs_download_sample(cloud, run, call, tmp_path, big_set, tiny_run, monkeypatch):
    args = ["--model-size", "medium", "--dataset", big_set, "--s3-bucket", "sports", "--use-spot", "--instance-type", "ml.p4d.24xlarge", "--instance-count", 2, "--run", "first"]
    typed = lambda *a, **kw: run("sagemaker_entry.py", *a, env=cloud.env, **kw)  # as a user, the others in this process, which is quicker
    go = lambda *a: call(*a, env=cloud.env)
    r = typed("upload", "--data", big_set, "--s3-bucket", "sports")
    assert r.stdout.strip() == "s3://sports/sports-llm/data/big/" and r.stderr.count("sent ") == 4
    r = go("upload", "--data", big_set, "--s3-bucket", "sports")
    assert r.stderr.count("sent ") == 0 and r.stderr.count("there ") == 4
    manifest = json.loads(cloud.s3.get_object(Bucket="sports", Key="sports-llm/data/big/manifest.json")["Body"].read())["files"]
    assert manifest["train.bin"] == {"bytes": 120_000, "sha256": model_py.file_sha256(big_set / "train.bin")}

    dry = json.loads(go("launch", *args, "--role", ROLE, "--dry-run").stdout)
    r = typed("launch", *args, "--yes")
    job = r.stdout.strip()
    assert re.fullmatch(r"sports-llm-first-\d{8}-\d{6}", job) and "16 x A100" in r.stderr
    assert complaints(dry) == []
    described = cloud.sagemaker.describe_training_job(TrainingJobName=job)
    dry["TrainingJobName"] = job
    for field, value in dry.items():
        if field == "AlgorithmSpecification":  # moto makes up metrics of its own
            described[field]["MetricDefinitions"] = value["MetricDefinitions"]
        if field == "Tags":
            assert cloud.sagemaker.list_tags(ResourceArn=described["TrainingJobArn"])["Tags"] == value
        elif field != "Environment":  # which moto does not record
            assert described[field] == value, field
    assert described["CheckpointConfig"] == {"S3Uri": "s3://sports/sports-llm/runs/first/checkpoints", "LocalPath": "/opt/ml/checkpoints"}
    code = described["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
    for name in entry.CODE:
        assert cloud.s3.get_object(Bucket="sports", Key=code.removeprefix("s3://sports/") + name)["Body"].read() == (ROOT / name).read_bytes()

    assert job in go("status").stdout and job in go("list").stdout and job in go("cost", "--job", job).stdout
    assert "nothing yet" in go("logs").stderr
    cloud.logs.create_log_group(logGroupName="/aws/sagemaker/TrainingJobs")
    now = int(time.time() * 1000)
    for host, times in (("algo-1-17", (1, 3)), ("algo-2-17", (2, 4))):
        cloud.logs.create_log_stream(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=f"{job}/{host}")
        cloud.logs.put_log_events(logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=f"{job}/{host}", logEvents=[dict(timestamp=now + t, message=f"line {t}") for t in times])
    assert go("logs", "--follow", "--run", "first").stdout.split("\n") == ["algo-1  line 1", "algo-2  line 2", "algo-1  line 3", "algo-2  line 4", ""]

    assert "saved nothing" in go("download", "--job", job, "--out_dir", tmp_path / "no").stderr
    entry.keep_model(str(tiny_run), str(tmp_path / "model"))
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "model", arcname=".")
    cloud.s3.upload_file(str(tmp_path / "model.tar.gz"), "sports", described["ModelArtifacts"]["S3ModelArtifacts"].removeprefix("s3://sports/"))
    out = tmp_path / "out" / "first"
    assert typed("download", "--run", "first", "--out_dir", out).stdout.strip() == str(out)
    assert "is there already" in go("download", "--run", "first", "--out_dir", out).stderr
    assert run("sample.py", "--out_dir", out, "--start", "The final", "--max_new_tokens", 5, "--device", "cpu").stdout.startswith("The final")


def test_without_a_model_the_newest_checkpoint_is_fetched(cloud, call, tmp_path, tiny_run, big_set):
    """As of a job that failed, or one that is still going; --full brings what resuming needs."""
    job = call("launch", "--dataset", big_set, "--s3-bucket", "sports", "--run", "halfway", "--yes", env=cloud.env).stdout.strip()
    for path in (p for p in tiny_run.rglob("*") if p.is_file()):
        cloud.s3.upload_file(str(path), "sports", f"sports-llm/runs/halfway/checkpoints/halfway/{path.relative_to(tiny_run)}")
    assert "step_00000020" in call("status", "--run", "halfway", env=cloud.env).stdout
    r = call("download", "--job", job, "--full", "--out_dir", tmp_path / "got", env=cloud.env)
    assert r.returncode == 0, r.stderr
    assert model_py.read_checkpoint(str(tmp_path / "got"))[1]["step"] == 20 and list((tmp_path / "got").rglob("training_state.pt"))


def test_a_model_without_the_training_state_is_a_start_not_a_run_to_continue(run, tmp_path, tiny_run, tiny_chat_set):
    entry.keep_model(str(tiny_run), str(tmp_path / "model"))
    args = ["--dataset", tiny_chat_set, "--max_steps", 21, "--n_layer", 2, "--n_embd", 64, "--n_head", 2, "--block_size", 64, "--total_batch_size", 2048,
            "--eval_steps", 1, "--compile", "false", "--device", "cpu"]
    said = run("train.py", *args, "--out_dir", tmp_path / "model", code=1).stderr.splitlines()
    assert len(said) == 1 and "ckpt/step_00000020 holds weights only" in said[0]
    way = said[0].split(" with ")[1].replace("out/NEW", str(tmp_path / "new")).split()
    assert "step 1/21" in run("train.py", *args, "--max_seconds", 0.01, *way).stdout


def test_cost_tells_what_spot_saved(call, monkeypatch):
    made = [dict(TrainingJobName=f"sports-llm-a-{n}", TrainingJobStatus="Completed", ResourceConfig=dict(InstanceType="ml.p4d.24xlarge", InstanceCount=2), TrainingTimeInSeconds=3600, BillableTimeInSeconds=b)
            for n, b in enumerate((1080, 3600))]
    monkeypatch.setattr(entry, "jobs", lambda most: (None, made))
    lines = call("cost").stdout.splitlines()
    price = json.loads((ROOT / "sagemaker.json").read_text())["instances"]["ml.p4d.24xlarge"]["usd_per_hour"]
    assert "70% saved" in lines[0] and f" {2 * price * 0.3:,.2f}" in lines[0] and "35% saved" in lines[2] and f"${2 * price * 1.3:,.2f}" in lines[2], lines


def test_the_sdk_sends_the_same_request(cloud, call, big_set, monkeypatch):
    pytest.importorskip("sagemaker.core.helper.session_helper")
    sent = []
    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", lambda self, name, args, real=__import__("botocore.client").client.BaseClient._make_api_call: (sent.append((name, args)), real(self, name, args))[1])
    job = call("launch", "--dataset", big_set, "--s3-bucket", "sports", "--run", "sdk", "--yes", env=cloud.env).stdout.strip()
    request, = [a for n, a in sent if n == "CreateTrainingJob"]
    assert request["TrainingJobName"] == job and complaints(request) == []


def test_stop_asks_for_it_and_only_a_running_job(call, monkeypatch):
    class Client:
        status, stopped = "InProgress", []

        def describe_training_job(self, TrainingJobName):
            return {"TrainingJobName": TrainingJobName, "TrainingJobStatus": Client.status}

        def stop_training_job(self, TrainingJobName):
            Client.stopped.append(TrainingJobName)
    monkeypatch.setattr(entry, "aws", lambda: (SimpleNamespace(region_name="us-east-1", client=lambda name: Client()), "123456789012"))
    assert call("stop", "--job", "sports-llm-a-1").stdout == "sports-llm-a-1\n" and Client.stopped == ["sports-llm-a-1"]
    Client.status = "Completed"
    r = call("stop", "--job", "sports-llm-a-1")
    assert r.returncode == 1 and "not running" in r.stderr and len(Client.stopped) == 1

# -----------------------------------------------------------------------------
# wrong input: one line with the way out, before anything is uploaded or billed

LAUNCH = ["launch", "--dataset", "SET", "--s3-bucket", "sports", "--yes"]
OFFLINE = {  # arguments after LAUNCH -> (exit code, what the line must hold)
    "a typo in a key": (["--instance-tpye", "ml.g5.2xlarge"], 2, "instance_type"),
    "an unknown size": (["--model-size", "huge"], 2, "small, medium, large"),
    "an unknown instance": (["--instance-type", "ml.p4d.24xlrage"], 1, "ml.p4d.24xlarge"),
    "a bucket with s3://": (["--s3-bucket", "s3://sports/data"], 2, "without s3://"),
    "max_wait below max_run": (["--use-spot", "--max-run", 7200, "--max-wait", 3600], 1, "--max_wait 93600"),
    "max_wait without spot": (["--max-wait", 99999], 1, "--use_spot"),
    "more than 28 days": (["--max-run", 9999999], 1, "2419200"),
    "a run of months": (["--model-size", "medium", "--instance-type", "ml.g5.xlarge", "--mfu", 0.1], 1, "days"),
    "large on one small GPU": (["--model-size", "large", "--instance-type", "ml.g4dn.xlarge"], 1, "--instance_type ml.g"),
    "a batch too large": (["--batch-size", 512], 1, "--batch_size 256"),
    "spot without checkpoints": (["--use-spot", "--checkpoint-interval", 50000], 1, "--checkpoint_interval 1000"),
    "GPUs that do not share the batch": (["--instance-type", "ml.g5.12xlarge", "--instance-count", 3], 1, "--total_batch_size"),
    "a local folder as train_data": (["--train-data", "data/starter"], 2, "upload --data"),
    "a local init_from": (["--init-from", "out/base"], 2, "upload --data out/base"),
    "the W&B key itself": (["--wandb", "online", "--wandb-secret", "0123456789abcdef0123"], 2, "never the key itself"),
    "W&B online without a secret": (["--wandb", "online"], 2, "--wandb_secret"),
    "a role that is none": (["--role", "arn:aws:iam::1:user/me"], 2, "role/NAME"),
    "a name that no job can have": (["--run", "my run!"], 2, "letters, digits"),
    "a config that is not there": (["--config", "config/tiny.py"], 2, "config/tiny.py"),
    "heads that do not divide": (["--n-head", 7], 1, "multiple of n_head"),
    "a vocabulary below the data's": (["--vocab-size", 100], 1, "vocab_size"),
    "rows longer than the data": (["--block-size", 8192, "--total-batch-size", 1048576], 1, "block_size"),
    "an mfu in per cent": (["--mfu", 40], 2, "between 0 and 1"),
    "more checkpoints than the disk holds": (["--instance-type", "ml.g6e.xlarge", "--keep-checkpoints", 500], 1, "--keep_checkpoints"),
    "a context of nothing": (["--block-size", 0], 2, "at least 1"),
    "resume never": (["--resume", "never"], 2, "another --run"),
    "a region without image": (["--region", "mars-1", "--dry-run"], 1, "--image"),
    "a negative count": (["--instance-count", -1], 2, "at least 1"),
}


@pytest.mark.parametrize("case", OFFLINE)
def test_wrong_input_is_seen_without_a_network(call, one_line, big_set, case):
    args, code, text = OFFLINE[case]
    r = call(*[str(big_set) if a == "SET" else a for a in LAUNCH], *args, env={"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    assert r.returncode == code and text in one_line(r), r.stderr
    assert "0123456789abcdef" not in r.stderr


def test_no_word_and_a_wrong_word(call, one_line):
    assert "launch" in one_line(call()) and "launch" in one_line(call("lunch"))


ONLINE = {  # change of the environment, arguments -> what the line must hold
    "no credentials": (dict(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY=""), [], "aws configure"),
    "no region": (dict(AWS_DEFAULT_REGION=""), [], "--region"),
    "an unknown profile": (dict(AWS_PROFILE="nobody"), [], "list-profiles"),
    "AWS is not reached": (dict(AWS_ENDPOINT_URL="http://127.0.0.1:9"), [], "network"),
    "no bucket": ({}, ["--s3-bucket", ""], "sagemaker-us-east-1-123456789012: aws s3 mb"),
    "a bucket that is not there": ({}, ["--s3-bucket", "nowhere"], "nowhere: aws s3 mb"),
    "a bucket of another region": ({}, ["--s3-bucket", "elsewhere"], "--region eu-west-1"),
    "a role that is not there": ({}, ["--role", "nobody"], "docs/sagemaker.md"),
    "a role for another service": ({}, ["--role", "lambda"], "sagemaker.amazonaws.com"),
    "a role of another account": ({}, ["--role", "arn:aws:iam::999999999999:role/trainer"], "another account"),
    "data that was never uploaded": ({}, ["--dataset", "corpus2", "--train-data", "s3://sports/none"], "upload --data"),
    "nobody to say yes": ({}, ["--yes=false"], "--yes"),
}


@pytest.mark.parametrize("case", ONLINE)
def test_wrong_input_is_seen_before_anything_is_uploaded(cloud, call, one_line, big_set, case):
    change, args, text = ONLINE[case]
    before = [o["Key"] for o in cloud.s3.list_objects_v2(Bucket="sports").get("Contents", [])], len(cloud.sagemaker.list_training_jobs()["TrainingJobSummaries"])
    r = call(*[str(big_set) if a == "SET" else a for a in LAUNCH], "--run", "wrong", *args, env={k: v for k, v in {**cloud.env, **change}.items() if v})
    assert r.returncode == 1 and text in r.stderr.splitlines()[-1], r.stderr
    assert "Traceback" not in r.stderr and [x for x in r.stderr.splitlines() if x.startswith("error: ")] == r.stderr.splitlines()[-1:] and r.stdout == ""
    assert before == ([o["Key"] for o in cloud.s3.list_objects_v2(Bucket="sports").get("Contents", [])], len(cloud.sagemaker.list_training_jobs()["TrainingJobSummaries"]))


def put_checkpoint(cloud, run, **meta):
    cloud.s3.put_object(Bucket="sports", Key=f"sports-llm/runs/{run}/checkpoints/{run}/ckpt/step_00000100/meta.json", Body=json.dumps(meta).encode())


def test_a_prefix_that_holds_another_runs_checkpoints(cloud, call, one_line, big_set):
    keys = {k: d for k, (d, _) in entry.read_defaults(str(ROOT / "train.py")).items()}
    mine = {**keys, "n_layer": 12, "n_head": 12, "n_kv_head": 12, "n_embd": 768, "block_size": 2048, "total_batch_size": 524288, "vocab_size": 32000}
    sha = json.loads((big_set / "meta.json").read_text())["sha256"]["train.bin"]
    go = lambda name, *args: call(*[str(big_set) if a == "SET" else a for a in LAUNCH], "--run", name, *args, env=cloud.env)
    put_checkpoint(cloud, "other", step=100, config={**mine, "n_layer": 24}, data_sha256=sha)
    assert "n_layer 24 there, 12 here" in one_line(go("other"))
    put_checkpoint(cloud, "data", step=100, config=mine, data_sha256="x")
    assert "other data" in one_line(go("data"))
    put_checkpoint(cloud, "done", step=20000, config=mine, data_sha256=sha)
    assert "finished" in one_line(go("done")) and "download --run done" in go("done").stderr
    put_checkpoint(cloud, "mine", step=100, config=mine, data_sha256=sha)
    assert "resumes" in go("mine").stderr and go("done", "--max-steps", 30000).returncode == 0


def test_data_that_is_cut_off_or_damaged(cloud, call, one_line, tmp_path, big_set):
    there = shutil.copytree(big_set, tmp_path / "cut")
    assert call("upload", "--data", big_set, "--s3-bucket", "sports", env=cloud.env).returncode == 0
    assert call("upload", "--data", there, "--s3-bucket", "sports", env=cloud.env).returncode == 0
    cloud.s3.put_object(Bucket="sports", Key="sports-llm/data/cut/val.bin", Body=b"short")
    r = call("launch", "--train-data", "s3://sports/sports-llm/data/cut/", "--s3-bucket", "sports", "--yes", env=cloud.env)
    assert "not whole" in one_line(r)
    whole = call("launch", "--train-data", "s3://sports/sports-llm/data/big", "--s3-bucket", "sports", "--run", "fromS3", "--max-steps", 0, "--yes", env=cloud.env)
    described = cloud.sagemaker.describe_training_job(TrainingJobName=whole.stdout.strip())
    assert described["InputDataConfig"][1]["DataSource"]["S3DataSource"]["S3Uri"] == "s3://sports/sports-llm/data/big/" and described["StoppingCondition"]["MaxRuntimeInSeconds"] == 3600
    with open(there / "train.bin", "r+b") as f:
        f.write(b"\1")
    assert "meta.json" in call("upload", "--data", there, "--s3-bucket", "sports", env=cloud.env).stderr.splitlines()[-1]
    (there / "val.bin").unlink()
    assert "val.bin" in one_line(call("upload", "--data", there, "--s3-bucket", "sports", env=cloud.env))
    assert "prepare.py" in one_line(call("upload", "--data", tmp_path / "none", "--s3-bucket", "sports", env=cloud.env))
    assert "--data" in one_line(call("upload", "--s3-bucket", "sports", env=cloud.env))
    assert "no job" in one_line(call("status", "--s3-prefix", "nothing", env=cloud.env))
    assert "list" in one_line(call("status", "--job", "sports-llm-none", env=cloud.env))


def test_what_aws_answers_is_said_in_one_line(call, one_line, monkeypatch):
    from botocore.exceptions import ClientError, NoCredentialsError
    for code, way in {"ResourceLimitExceeded": "Service Quotas", "AccessDeniedException": "docs/sagemaker.md", "ExpiredTokenException": "sso login",
                      "InvalidClientTokenId": "aws configure", "ThrottlingException": "docs/sagemaker.md"}.items():
        def fail():
            raise ClientError({"Error": {"Code": code, "Message": "Two\nlines"}}, "CreateTrainingJob")
        monkeypatch.setitem(entry.WORDS, "list", fail)
        said = one_line(call("list"))
        assert code in said and way in said
    monkeypatch.setitem(entry.WORDS, "list", lambda: (_ for _ in ()).throw(NoCredentialsError()))
    assert "aws configure" in one_line(call("list"))


def test_a_quota_of_none(call, monkeypatch):
    class Client:
        def get_paginator(self, name):
            return SimpleNamespace(paginate=lambda **kw: [{"Quotas": [{"QuotaName": "ml.p4d.24xlarge for spot training job usage", "Value": 0.0}]}])
    entry.use_spot = True
    with pytest.raises(SystemExit), contextlib.redirect_stderr(io.StringIO()) as err:
        entry.check_quota(SimpleNamespace(client=lambda *a, **kw: Client()), "ml.p4d.24xlarge", 1)
    assert "Service Quotas" in err.getvalue() and "is 0" in err.getvalue()


def test_the_docs_know_every_message(root):
    text = (root / "docs" / "sagemaker.md").read_text(encoding="utf-8")
    for pattern in entry.TABLE["hints"]:
        assert any(name in text for name in pattern.split("|")), pattern

# -----------------------------------------------------------------------------
# the container: what SageMaker does around it is done by hand here

class Job:
    """The machines of a job: each gets its stand-in of /opt/ml, and the entry point of the request is its process."""

    def __init__(self, request, cloud, store, folder):
        self.store, self.roots, self.p = store, [folder / f"host{i}" for i in range(request["ResourceConfig"]["InstanceCount"])], []
        hosts = [f"127.0.0.{i + 1}" for i in range(len(self.roots))]
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        spec = request["AlgorithmSpecification"]
        for root, host in zip(self.roots, hosts):
            (root / "input" / "config").mkdir(parents=True)
            (root / "input" / "config" / "resourceconfig.json").write_text(json.dumps({"current_host": host, "hosts": hosts, "network_interface_name": "lo"}))
            for channel in request["InputDataConfig"]:
                self.download(cloud, channel["DataSource"]["S3DataSource"]["S3Uri"], root / "input" / "data" / channel["ChannelName"])
            (root / "model").mkdir()
            shutil.copytree(store, root / "checkpoints") if store.exists() else (root / "checkpoints").mkdir()
            command = [a.replace("/opt/ml", str(root)).replace("python3", sys.executable) for a in spec["ContainerEntrypoint"]] + spec["ContainerArguments"]
            env = {k: v for k, v in os.environ.items() if k not in ("LOCAL_WORLD_SIZE", "OMP_NUM_THREADS")}
            env = {**env, **request.get("Environment", {}), "SM_ROOT": str(root), "MASTER_PORT": str(port), "SM_NUM_GPUS": "1", "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1",
                   "OMP_WAIT_POLICY": "passive", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
            with open(root / "stdout", "wb") as log:
                self.p.append(subprocess.Popen(command, cwd=root, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT))

    @staticmethod
    def download(cloud, uri, folder):
        bucket, prefix = uri.removeprefix("s3://").split("/", 1)
        for o in cloud.s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:
            path = folder / o["Key"][len(prefix):].lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            cloud.s3.download_file(bucket, o["Key"], str(path))

    def text(self, host=0):
        return (self.roots[host] / "stdout").read_text(errors="replace")

    def until_step(self, n):
        end = time.time() + 500
        while f"\nstep {n}/" not in self.text():
            assert time.time() < end and self.p[0].poll() is None, self.text()[-2000:] + self.text(-1)[-2000:]
            time.sleep(0.05)
        return self

    def end(self):
        """Wait; SageMaker copies what every machine has under checkpoints to the one place. Exit codes."""
        try:
            codes = [p.wait(500) for p in self.p]
        finally:
            self.kill([pid for p in self.p for pid in descendants(p.pid)])
        for root in reversed(self.roots):
            shutil.copytree(root / "checkpoints", self.store, dirs_exist_ok=True)
        return codes

    def terminate(self):
        for p in self.p:
            p.send_signal(signal.SIGTERM)
        return self.end()

    def vanish(self):
        """kill -9 for every process of every machine at once."""
        self.kill([pid for p in self.p for pid in [p.pid, *descendants(p.pid)]])
        return self.end()

    @staticmethod
    def kill(pids):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def descendants(pid):
    return [d for child in entry.children(pid) for d in (child, *descendants(child))]


def recorded(call, cloud, data, name, *args):
    """The request of a real launch on two machines, as it went over the wire."""
    sent = []
    real = boto3.Session.client

    def client(self, service, *a, **kw):
        c = real(self, service, *a, **kw)
        if service == "sagemaker":
            c.meta.events.register("provide-client-params.sagemaker.CreateTrainingJob", lambda params, **_: sent.append(json.loads(json.dumps(params))))
        return c
    boto3.Session.client = client
    try:
        r = call("launch", *args, "--dataset", data, "--s3-bucket", "sports", "--run", name, "--instance-type", "ml.g5.2xlarge", "--instance-count", 2, "--use-spot", "--yes", env=cloud.env)
    finally:
        boto3.Session.client = real
    assert r.returncode == 0, r.stderr
    assert complaints(sent[0]) == []
    return sent[0]


def weights(root, name, step):
    return model_py.file_sha256(root / "checkpoints" / name / "ckpt" / f"step_{step:08d}" / "model.safetensors")


def steps_of(store, name):
    return sorted(int(p.name[5:]) for p in (store / name / "ckpt").glob("step_*"))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, cloud, tiny_set):
    """The same run left alone, with the request it came from."""
    def make(request, folder=None):
        folder = tmp_path_factory.mktemp("undisturbed")
        job = Job(request, cloud, folder / "s3", folder)
        assert job.end() == [0, 0], job.text()[-3000:] + job.text(1)[-3000:]
        return job
    return make


def test_sigterm_then_a_new_job_ends_with_the_weights_of_an_undisturbed_run(cloud, call, run, tmp_path, tiny_set, undisturbed):
    request = recorded(call, cloud, tiny_set, "tiny", *TINY)
    base = undisturbed(request)
    rare = ["tiny", *(a for a in request["AlgorithmSpecification"]["ContainerArguments"][1:] if not a.startswith("--checkpoint_interval")), "--checkpoint_interval=1000"]
    request["AlgorithmSpecification"]["ContainerArguments"] = rare  # what is saved, SIGTERM has saved
    store = tmp_path / "s3"
    first = Job(request, cloud, store, tmp_path / "job1").until_step(12)
    assert first.terminate() == [143, 143], first.text()
    step, = steps_of(store, "tiny")
    assert 12 <= step < 40 and not (first.roots[0] / "output" / "failure").exists() and first.text().count("Traceback") <= 1  # torchrun's own
    assert model_py.read_checkpoint(str(first.roots[0] / "model"))[1]["step"] == step  # stopped for good, there is a model too
    second = Job(request, cloud, store, tmp_path / "job2")
    assert second.end() == [0, 0], second.text()[-3000:]
    assert f"at step {step}" in second.text()
    assert weights(second.roots[0], "tiny", 40) == weights(base.roots[0], "tiny", 40)
    metrics = [[(r["step"], r["loss"]) for r in map(json.loads, (j.roots[0] / "checkpoints" / "tiny" / "metrics.jsonl").read_text().splitlines())] for j in (second, base)]
    assert metrics[0] == metrics[1] and len(metrics[0]) == 40
    model, whole = second.roots[0] / "model", second.roots[0] / "checkpoints" / "tiny"
    names = sorted(str(p.relative_to(model)) for p in model.rglob("*") if p.is_file())
    assert names == ["ckpt/latest", "ckpt/step_00000040/meta.json", "ckpt/step_00000040/model.safetensors", "config.json", "loss.png", "metrics.jsonl", "tokenizer.model"]
    assert sum(p.stat().st_size for p in model.rglob("*.*")) < 0.7 * sum(p.stat().st_size for p in whole.rglob("*.*")) and not list(second.roots[1].glob("model/*"))
    shutil.rmtree(second.roots[0] / "input")
    assert run("sample.py", "--out_dir", model, "--start", "The final", "--max_new_tokens", 5, "--device", "cpu").stdout.startswith("The final")


def test_kill_9_then_a_new_job_goes_on_from_the_last_whole_checkpoint(cloud, call, tmp_path, tiny_chat_set, undisturbed):
    """The demo's own shape, a few steps of it; the newest checkpoint was cut off on its way to S3."""
    request = recorded(call, cloud, tiny_chat_set, "demo", "config/demo.py", "--max_steps", 9, "--total_batch_size", 768, "--checkpoint_interval", 2, "--dtype", "float32", "--compile", "false",
                       "--eval_steps", 1, "--eval_interval", 9, "--log_interval", 1)
    base, store = undisturbed(request), tmp_path / "s3"
    first = Job(request, cloud, store, tmp_path / "job1").until_step(6)
    assert set(first.vanish()) == {-9}
    saved = steps_of(store, "demo")
    assert saved and saved[-1] < 9
    if len(saved) > 1:
        newest = store / "demo" / "ckpt" / f"step_{saved[-1]:08d}" / "model.safetensors"
        os.truncate(newest, newest.stat().st_size // 2)
    second = Job(request, cloud, store, tmp_path / "job2")
    assert second.end() == [0, 0], second.text()[-3000:]
    assert f"at step {saved[-2] if len(saved) > 1 else saved[-1]}" in second.text()
    assert weights(second.roots[0], "demo", 9) == weights(base.roots[0], "demo", 9)


def one_host(request):
    return {**request, "ResourceConfig": {**request["ResourceConfig"], "InstanceCount": 1}}


def test_a_failure_says_why(cloud, call, tmp_path, tiny_set):
    request = one_host(recorded(call, cloud, tiny_set, "bad", *TINY))
    request["AlgorithmSpecification"]["ContainerArguments"].append("--block_size=100000")
    job = Job(request, cloud, tmp_path / "s3", tmp_path / "job")
    assert job.end() == [1]
    text = (job.roots[0] / "output" / "failure").read_text()
    assert text.startswith("error: ") and "fewer than a row of block_size 100000" in text and len(text) <= 1024


@pytest.mark.parametrize("text, said", [
    ("x\nValueError: bad shape\ntorch.distributed.elastic.multiprocessing.errors.ChildFailedError: \n", "ValueError: bad shape"),
    ("error: loss is nan at step 3: lower --learning_rate\nTraceback\nFoo\n", "error: loss is nan"),
    ("traceback : Signal 9 (SIGKILL) received by PID 12\n exitcode  : -9 (pid: 12)\n", "memory of the machine"),
    ("", "no output")])
def test_the_reason_of_a_failure(text, said):
    assert entry.reason(text, 1).startswith(said) or said in entry.reason(text, 1)


def test_sigterm_before_anything_runs(tmp_path):
    """Process 1 has no default action for it: while packages are installed the entry has to leave by itself."""
    code = f"import sys, time; sys.path.insert(0, {str(ROOT)!r}); import sagemaker_entry as e; e.install = lambda args: (print('here', flush=True), time.sleep(60)); e.container('x')"
    p = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "SM_ROOT": str(tmp_path)}, stdout=subprocess.PIPE, text=True)
    assert p.stdout.readline() == "here\n"
    p.send_signal(signal.SIGTERM)
    assert p.wait(60) == 143 and not (tmp_path / "output").exists()


def layout(root, hosts=("algo-1", "algo-2"), current="algo-2", **more):
    (root / "input" / "config").mkdir(parents=True)
    (root / "input" / "config" / "resourceconfig.json").write_text(json.dumps({"current_host": current, "hosts": list(hosts), **more}))
    return root


def test_torchrun_gets_what_resourceconfig_says(tmp_path, monkeypatch):
    monkeypatch.setenv("SM_NUM_GPUS", "8")
    hosts = [f"algo-{n}" for n in (1, 10, 2)]
    command, env, first = entry.torchrun(str(layout(tmp_path, hosts, "algo-2", network_interface_name="eth0")), "name", ["--n_layer=2"])
    assert {"--nnodes=3", "--node_rank=1", "--nproc_per_node=8", "--master_addr=algo-1", "--master_port=29500", "--n_layer=2"} <= set(command)
    assert env == {"NCCL_SOCKET_IFNAME": "eth0", "GLOO_SOCKET_IFNAME": "eth0"} and not first and command[-2:] == [f"--out_dir={tmp_path}/checkpoints/name", f"--dataset={tmp_path}/input/data/train"]


def test_the_key_of_wandb_comes_from_the_secret(cloud, monkeypatch, capsys, tmp_path):
    for k, v in cloud.env.items():
        monkeypatch.setenv(k, v)
    plain = cloud.secretsmanager.create_secret(Name="plain", SecretString="key-1\n")["ARN"]
    as_json = cloud.secretsmanager.create_secret(Name="json", SecretString='{"WANDB_API_KEY": "key-2"}')["ARN"]
    cloud.ssm.put_parameter(Name="/wandb/key", Value="key-3", Type="SecureString")
    layout(tmp_path, ["localhost"], "localhost")
    for arn, key in ((plain, "key-1"), (as_json, "key-2"), ("arn:aws:ssm:us-east-1:123456789012:parameter/wandb/key", "key-3")):
        monkeypatch.setenv("WANDB_SECRET_ARN", arn)
        command, env, _ = entry.torchrun(str(tmp_path), "x", ["--wandb=online"])
        assert env == {"WANDB_API_KEY": key} and "--wandb=offline" not in command
    monkeypatch.setenv("WANDB_SECRET_ARN", plain.replace("plain", "gone"))  # logging never ends a run
    command, env, _ = entry.torchrun(str(tmp_path), "x", ["--wandb=online"])
    assert command.index("--wandb=offline") > command.index("--wandb=online") and env == {}
    assert "key-" not in capsys.readouterr().out


def test_a_tokenizer_of_its_own_and_a_run_to_start_from(tmp_path, tiny_set, monkeypatch):
    monkeypatch.delenv("SM_NUM_GPUS", raising=False)
    channels = layout(tmp_path, ["localhost"], "localhost") / "input" / "data"
    shutil.copytree(tiny_set, channels / "train")
    (channels / "tokenizer").mkdir()
    (channels / "init").mkdir()
    shutil.copy(tiny_set / "tokenizer.model", channels / "tokenizer" / "other.model")
    command, _, first = entry.torchrun(str(tmp_path), "x", [])
    both = Path([a for a in command if a.startswith("--dataset=")][0].split("=")[1])
    assert (both / "tokenizer.model").resolve() == channels / "tokenizer" / "other.model" and (both / "train.bin").exists()
    assert f"--init_from={channels}/init" in command and first and "--nproc_per_node=gpu" in command
