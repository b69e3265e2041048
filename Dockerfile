# The emulator in a container: `docker compose up ome-mock`, or
#   docker build -t ome-mock . && docker run --init -p 127.0.0.1:8081:8081 -v /srv/dumps:/srv/dumps ome-mock
FROM python:3.13-slim AS build
WORKDIR /src
COPY setup.cfg pyproject.toml README.md LICENSE ./
COPY ome_mock ome_mock
RUN python -m venv --without-pip /opt/ome-mock
RUN python -m pip --python /opt/ome-mock install --no-cache-dir .

FROM python:3.13-slim
COPY --from=build /opt/ome-mock /opt/ome-mock
# Whoever mounts a directory makes it writable for this id, or runs the container as another one (--user).
RUN groupadd --gid 10001 ome-mock && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /dumps ome-mock
# A named volume that is mounted here for the first time takes over the owner.
RUN install --directory --owner 10001 --group 10001 /dumps
# Ports are those that are exposed, whatever a Server.xml says. Any path may be written: the container is the sandbox.
ENV PATH=/opt/ome-mock/bin:$PATH \
    OME_MOCK_HOST=0.0.0.0 \
    OME_MOCK_PORT=8081 \
    OME_MOCK_LLHLS_PORT=3333 \
    OME_MOCK_ALLOW_ANY_PATH=1
EXPOSE 8081 3333
USER 10001:10001
WORKDIR /dumps
# Not by urllib, which would ask the proxy that Docker may have put into the environment.
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s CMD ["python", "-c", "import http.client, os, sys; server = http.client.HTTPConnection('127.0.0.1', int(os.environ['OME_MOCK_PORT']), timeout=2); server.request('GET', '/_mock/health'); sys.exit(server.getresponse().status != 200)"]
ENTRYPOINT ["ome-mock"]
CMD ["serve"]
