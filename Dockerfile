# The bot alone: docker build -t greenlight . && docker run --env-file .env -v greenlight:/data -p 3000:3000 greenlight
FROM python:3.12-slim AS packages
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATABASE_URL=sqlite+aiosqlite:////data/greenlight.db
RUN useradd --system --uid 10001 --home-dir /app greenlight \
    && mkdir /data \
    && chown greenlight /data
WORKDIR /app
COPY --from=packages /venv /venv
COPY pyproject.toml manifest.yml catalog.toml ./
COPY bot bot
COPY storage storage
COPY twin twin
USER greenlight
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
# A stop waits for an order under way: docker stop --time 40.
ENTRYPOINT ["python", "-m", "bot"]
CMD ["serve"]
