# The whole city in one container: the server with its own PostgreSQL and NATS, everything that must survive in /data.
#
#   docker build -t daarion .
#   docker run -p 8080:8080 -v daarion:/data daarion
#   docker exec -it CONTAINER daarion admin operator --email you@example.org

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
# Versions and project files first: packages are restored again only when one of these changes.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY Daarion.Core/Daarion.Core.csproj Daarion.Core/
COPY Daarion.Core/Kernel/Ids.props Daarion.Core/Kernel/
COPY Daarion.UI/Daarion.UI.csproj Daarion.UI/
COPY Daarion.Server/Daarion.Server.csproj Daarion.Server/
RUN dotnet restore Daarion.Server
COPY Daarion.Core Daarion.Core
COPY Daarion.UI Daarion.UI
COPY Daarion.Server Daarion.Server
RUN dotnet publish Daarion.Server --no-restore -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# No default cluster and no service: the server starts PostgreSQL and NATS itself, as the user it runs as.
RUN mkdir -p /etc/postgresql-common \
    && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql nats-server util-linux curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --home-dir /data --no-create-home --shell /usr/sbin/nologin daarion \
    && install -d -o daarion -g daarion -m 0700 /data
COPY --from=build /app /app
RUN ln -s /app/daarion /usr/local/bin/daarion
USER daarion
WORKDIR /data
ENV DAARION_DATA=/data \
    DAARION_LISTEN=0.0.0.0:8080 \
    DAARION_INTERNAL_LISTEN=127.0.0.1:8081 \
    DAARION_PUBLIC_URL=http://127.0.0.1:8080 \
    DOTNET_gcServer=0 \
    DOTNET_GCgen0size=4000000 \
    LANG=C.UTF-8
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD curl -fsS http://127.0.0.1:8080/health/ready > /dev/null
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app/daarion"]
CMD ["up"]
