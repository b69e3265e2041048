# The emulator in a container: `docker compose up ome-mock`, or
#   docker build -t ome-mock . && docker run --init -p 127.0.0.1:8081:8081 -v /srv/dumps:/srv/dumps ome-mock
# In the place of OME's: docs/containers.md#exchange-the-image
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
# Ports are those of the Server.xml, or the usual ones. Any path may be written: the container is the sandbox.
ENV PATH=/opt/ome-mock/bin:$PATH \
    OME_MOCK_HOST=0.0.0.0 \
    OME_MOCK_PORT_FILE=/tmp/ome-mock-ports.json \
    OME_MOCK_ALLOW_ANY_PATH=1 \
    OME_SERVER_XML=/opt/ovenmediaengine/bin/origin_conf/Server.xml
# What OME's image lists, and the API.
EXPOSE 80/tcp 8080/tcp 8081/tcp 8090/tcp 1935/tcp 3333/tcp 3334/tcp 4000-4005/udp 10000-10010/udp 9000/tcp
USER 10001:10001
WORKDIR /dumps
# Not by urllib, which would ask the proxy that Docker may have put into the environment.
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s CMD ["python", "-c", "import http.client, json, os, sys; port = json.load(open(os.environ['OME_MOCK_PORT_FILE']))['port']; server = http.client.HTTPConnection('127.0.0.1', port, timeout=2); server.request('GET', '/_mock/health'); sys.exit(server.getresponse().status != 200)"]
# A Server.xml that is mounted where OME's image has its own is served, unless OME_MOCK_CONFIG names another.
ENTRYPOINT ["/bin/sh", "-c", "if [ -z \"${OME_MOCK_CONFIG:-}\" ] && [ -e \"$OME_SERVER_XML\" ]; then export OME_MOCK_CONFIG=\"$OME_SERVER_XML\"; fi; exec ome-mock \"$@\"", "ome-mock"]
CMD ["serve"]
