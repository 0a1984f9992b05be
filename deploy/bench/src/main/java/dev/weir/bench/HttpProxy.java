package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How each proxy is told to do the same: the same hosts, endpoints, headers and ports. */
enum HttpProxy {
    HAPROXY("haproxy", true) {
        @Override
        List<String> command(HttpScene scene, Path own, int port, boolean log) throws IOException {
            return haproxy(scene, own, port, log, "");
        }
    },
    /** Buffers of four times its usual size serve it better where bodies are large. */
    HAPROXY_64K("haproxy, 64 KiB buffers", false) {
        @Override
        List<String> command(HttpScene scene, Path own, int port, boolean log) throws IOException {
            return haproxy(scene, own, port, log, "tune.bufsize 65536");
        }
    },
    NGINX("nginx", true) {
        @Override
        List<String> command(HttpScene scene, Path own, int port, boolean log) throws IOException {
            return nginx(scene, own, port, log);
        }
    },
    WEIR("weir", true) {
        @Override
        List<String> command(HttpScene scene, Path own, int port, boolean log) {
            List<String> command = PlaneProcess.java(JAVA_OPTIONS, HttpMain.class);
            command.addAll(
                    List.of(
                            scene.directory().toString(),
                            log ? own.resolve("access.log").toString() : "-",
                            Integer.toString(scene.size().services()),
                            Integer.toString(port),
                            Integer.toString(port + 1),
                            scene.endpoints().stream()
                                    .map(Object::toString)
                                    .collect(Collectors.joining(","))));
            return command;
        }
    };

    /** What the launcher gives a proxy beside what all programs get (deploy/java-options). */
    private static final List<String> JAVA_OPTIONS =
            List.of(
                    "-Xms16m",
                    "-Xmx192m",
                    "-XX:TieredStopAtLevel=4",
                    "--sun-misc-unsafe-memory-access=allow");

    /** As it is printed. */
    final String who;

    /** Whether it is measured with small bodies. */
    final boolean small;

    HttpProxy(String who, boolean small) {
        this.who = who;
        this.small = small;
    }

    /** The program that has to be installed. */
    String program() {
        return switch (this) {
            case HAPROXY, HAPROXY_64K -> "haproxy";
            case NGINX -> "nginx";
            case WEIR -> "java";
        };
    }

    /**
     * Writes what it reads, and says how to start it, as one process in the foreground.
     *
     * @param own directory of its own
     * @param port that it listens on; on the next one with TLS
     * @param log whether it writes a line for each request
     */
    abstract List<String> command(HttpScene scene, Path own, int port, boolean log)
            throws IOException;

    /** Its log goes through standard output to a file: that is a write for each request. */
    private static List<String> haproxy(
            HttpScene scene, Path own, int port, boolean log, String tuning) throws IOException {
        String headers =
                """
                  http-request set-header X-Forwarded-For %%[src]
                  http-request set-header X-Forwarded-Host %%[req.hdr(host)]
                  http-request set-header X-Forwarded-Proto %1$s
                  http-request set-header X-Forwarded-Port %%[dst_port]
                  http-request set-header X-Real-IP %%[src]
                  http-request set-header Forwarded for=%%[src];host=%%[req.hdr(host)];proto=%1$s
                """;
        String routes =
                "  use_backend %[req.hdr(host),field(1,:),lower,map("
                        + scene.directory().resolve("hosts.map")
                        + ")]\n";
        String servers =
                scene.endpoints().stream()
                        .map(to -> "  server s%1$d %2$s:%1$d\n".formatted(to, HttpScene.ADDRESS))
                        .collect(Collectors.joining());
        String text =
                """
                global
                  nbthread 1
                  maxconn 4096
                  ssl-default-bind-options ssl-min-ver TLSv1.3
                  ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256
                  %s
                defaults
                  mode http
                  timeout connect 2s
                  timeout client 60s
                  timeout server 60s
                  timeout http-request 15s
                  http-reuse always
                %s
                frontend plain
                  bind %s:%d
                """
                                .formatted(
                                        tuning,
                                        log
                                                ? "  log stdout format raw daemon\n"
                                                        + "  option httplog"
                                                : "",
                                        HttpScene.ADDRESS,
                                        port)
                        + headers.formatted("http")
                        + routes
                        + "frontend tls\n  bind %s:%d ssl crt %s alpn http/1.1\n"
                                .formatted(
                                        HttpScene.ADDRESS,
                                        port + 1,
                                        scene.directory().resolve("chain-and-key.pem"))
                        + headers.formatted("https")
                        + routes
                        + "frontend metrics\n  bind %s:%d\n".formatted(HttpScene.ADDRESS, port + 2)
                        + "  http-request use-service prometheus-exporter\n"
                        + "backend web\n"
                        + servers;
        Path file = Files.writeString(own.resolve("haproxy.cfg"), text);
        return List.of("haproxy", "-db", "-f", file.toString());
    }

    private static List<String> nginx(HttpScene scene, Path own, int port, boolean log)
            throws IOException {
        String hosts =
                IntStream.rangeClosed(1, scene.size().services())
                        .mapToObj(HttpScene::host)
                        .map(
                                host ->
                                        """
                                        server {
                                          listen %1$s:%2$d; listen %1$s:%3$d ssl;
                                          server_name %4$s;
                                          location / { proxy_pass http://web; }
                                        }
                                        """
                                                .formatted(HttpScene.ADDRESS, port, port + 1, host))
                        .collect(Collectors.joining());
        String text =
                """
                access_log %1$s;
                upstream web {
                %2$s  keepalive 256; keepalive_requests 1000000000;
                }
                keepalive_requests 1000000000;
                proxy_http_version 1.1;
                proxy_max_temp_file_size 0;
                proxy_set_header Connection "";
                proxy_set_header Host $http_host;
                proxy_set_header X-Forwarded-For $remote_addr;
                proxy_set_header X-Forwarded-Host $http_host;
                proxy_set_header X-Forwarded-Proto $scheme;
                proxy_set_header X-Forwarded-Port $server_port;
                proxy_set_header X-Real-IP $remote_addr;
                proxy_set_header Forwarded "for=$remote_addr;host=$http_host;proto=$scheme";
                ssl_certificate %3$s; ssl_certificate_key %4$s;
                ssl_protocols TLSv1.3;
                ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
                server_names_hash_max_size 32768; server_names_hash_bucket_size 128;
                server { listen %5$s:%6$d; location / { stub_status; } }
                %7$s\
                """
                        .formatted(
                                log
                                        ? own.resolve("access.log")
                                                + " combined buffer=64k flush=1s"
                                        : "off",
                                scene.endpoints().stream()
                                        .map(
                                                to ->
                                                        "  server %s:%d;\n"
                                                                .formatted(HttpScene.ADDRESS, to))
                                        .collect(Collectors.joining()),
                                scene.directory().resolve(HttpScene.CHAIN),
                                scene.directory().resolve(HttpScene.KEY),
                                HttpScene.ADDRESS,
                                port + 2,
                                hosts);
        return nginx(own, text);
    }

    /** What the endpoints are. */
    static List<String> backend(HttpScene scene, Path own) throws IOException {
        return nginx(
                own,
                """
                access_log off;
                sendfile on; tcp_nopush on;
                keepalive_requests 1000000000;
                open_file_cache max=16;
                server { %s root %s; }
                """
                        .formatted(
                                scene.endpoints().stream()
                                        .map(to -> "listen %s:%d;".formatted(HttpScene.ADDRESS, to))
                                        .collect(Collectors.joining(" ")),
                                scene.directory().resolve("files")));
    }

    /**
     * @param http what the block of that name has
     */
    private static List<String> nginx(Path own, String http) throws IOException {
        String text =
                """
                daemon off; master_process off; user root;
                pid %1$s/pid; error_log %1$s/error.log;
                events { worker_connections 4096; }
                http {
                client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;
                fastcgi_temp_path %1$s/fastcgi; uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
                %2$s}
                """
                        .formatted(own, http);
        Path file = Files.writeString(own.resolve("nginx.conf"), text);
        return List.of(
                "nginx", "-p", own.toString(), "-e", own + "/error.log", "-c", file.toString());
    }
}
