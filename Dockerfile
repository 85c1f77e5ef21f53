# syntax=docker/dockerfile:1

# Schema and migrations are built into the program, so the image needs nothing else of this tree.

FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
# The caches outlive the layer; the program is therefore copied out of them in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked -p auraid \
    && install -D -m 0755 target/release/auraid /out/auraid

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/auraid --shell /usr/sbin/nologin auraid
COPY --from=build /out/auraid /usr/local/bin/auraid
USER auraid
WORKDIR /var/lib/auraid
# Inside the container; compose.yaml decides who reaches it.
ENV AURAID_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/readyz"]
STOPSIGNAL SIGINT
ENTRYPOINT ["auraid"]
CMD ["up"]
