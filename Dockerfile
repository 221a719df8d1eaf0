# Builds the wheel and an environment with the locked packages; nothing of this stage but that environment is kept.
FROM python:3.11-slim-bookworm AS builder
SHELL ["/bin/sh", "-eu", "-c"]
RUN python -m venv --without-pip /opt/backscope && mkdir /data
WORKDIR /src
COPY requirements/runtime.txt requirements/
# NumPy's own tests are 27 MB that nothing here runs; of Babel's 31 MB of locales the page's languages are used.
RUN python -m pip --python /opt/backscope/bin/python install --no-cache-dir --require-hashes -r requirements/runtime.txt \
    && find /opt/backscope -path '*/numpy/*' -type d -name tests -prune -exec rm -r {} + \
    && find /opt/backscope -path '*/babel/locale-data/*.dat' ! -name 'root.dat' ! -name 'en*.dat' ! -name 'zh*.dat' -delete
COPY . .
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /dist . \
    && python -m pip --python /opt/backscope/bin/python install --no-cache-dir --no-deps /dist/*.whl

FROM python:3.11-slim-bookworm
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Backscope" \
      org.opencontainers.image.description="Watch backpropagation happen in a NumPy network, live, in the browser" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=builder --chown=10001:10001 /data /data
COPY --from=builder /opt/backscope /opt/backscope
ENV PATH=/opt/backscope/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    BACKSCOPE_HOST=0.0.0.0 \
    BACKSCOPE_PORT=8000 \
    BACKSCOPE_PROFILE=lan \
    BACKSCOPE_DATA_DIR=/data
VOLUME /data
WORKDIR /data
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['BACKSCOPE_PORT']}/healthz\", timeout=2)"]
ENTRYPOINT ["backscope"]
CMD ["serve"]
