# serve.py in a container; the runs are mounted, not built in.
#   docker build -t sports-llm .                            on a CPU
#   docker build -t sports-llm --build-arg DEVICE=cuda .    on an NVIDIA GPU: docker run --gpus all ...
#   docker run --rm -p 127.0.0.1:8000:8000 -e SPORTS_LLM_API_KEYS=KEY -v "$PWD/out:/app/out:ro" sports-llm --out_dir out/demo
FROM python:3.13-slim
ARG DEVICE=cpu
WORKDIR /app
COPY requirements.txt requirements-serve.txt ./
# the default wheel of torch brings CUDA along, some gigabytes of it
RUN if [ "$DEVICE" = cuda ]; then pip install --no-cache-dir torch==2.13.0; \
    else pip install --no-cache-dir torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu; fi \
    && pip install --no-cache-dir -r requirements.txt -r requirements-serve.txt
COPY *.py chat.html ./
USER nobody
EXPOSE 8000
HEALTHCHECK --start-period=60s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/ready', timeout=5)"]
# others than the container itself can reach it, so it starts only with keys; docker stop -t 60 lets the replies under way end
ENTRYPOINT ["python", "serve.py", "--host", "0.0.0.0"]
