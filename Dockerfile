# Builds the native binary where a linker is, ships it where no shell is.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
RUN apt-get update -q \
 && apt-get install -q -y --no-install-recommends gcc libc6-dev zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN dotnet publish src/SmtpTlsProxy -c Release -p:CppCompilerAndLinker=gcc -o /out \
 && rm -f /out/*.dbg /out/*.xml

# runtime-deps brings libssl3, which is loaded at run time, the CA certificates, and the user `app`; it has no shell and no package manager.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
LABEL org.opencontainers.image.title="smtp-tls-proxy" \
      org.opencontainers.image.description="Gives SMTP servers and clients TLS they do not have"
COPY --from=build /out/ /usr/local/bin/
# Nothing is written: runs with a read-only root, without capabilities, on ports above 1024.
ENV DOTNET_EnableDiagnostics=0
USER $APP_UID
EXPOSE 2525 2465 2587 9525
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/usr/local/bin/smtp-tls-proxy", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/smtp-tls-proxy"]
CMD ["run"]
