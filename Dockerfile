# Installs everything into /opt/gateway, which the final stage copies.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src

COPY requirements.txt requirements-build.txt requirements-node.txt ./
RUN python -m venv --without-pip /opt/gateway
# Wheels only: the image has no compiler.
RUN pip --python /opt/gateway/bin/python install --only-binary :all: --require-hashes -r requirements.txt
RUN pip install --only-binary :all: --require-hashes -r requirements-build.txt -r requirements-node.txt

COPY pyproject.toml README.md LICENSE hatch_build.py schema.graphql ./
COPY frontend frontend
COPY docs docs
COPY examples examples
COPY gateway gateway
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist .
RUN pip --python /opt/gateway/bin/python install --no-deps dist/*.whl

FROM python:3.13-slim
COPY --from=build /opt/gateway /opt/gateway
ENV PATH=/opt/gateway/bin:$PATH GATEWAY_HOST=:: GATEWAY_LOG_FORMAT=json PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# A number, so that an orchestrator can verify that it is not root; any other user ID works too.
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["/bin/sh", "-c", "exec python -m gateway.cli.health_check ${GATEWAY_PORT:-8000}"]
CMD ["osutrack-gateway", "serve"]
