package dev.weir.agent.l7;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** Clients of one proxy: the JDK's, curl, and bare sockets. None waits longer than 10 s. */
final class Visitor {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final boolean HAS_CURL =
            Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                    .anyMatch(directory -> Files.isExecutable(Path.of(directory, "curl")));

    private final String address;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(LIMIT)
                    .build();

    /**
     * @param address of the proxy
     */
    Visitor(String address) {
        this.address = address;
    }

    /** By the JDK's client, which keeps its connections. */
    Answer get(String host, String path, String... headers) {
        return send(request(host, path, headers).build());
    }

    HttpRequest.Builder request(String host, String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://" + address + path))
                        .timeout(LIMIT)
                        .header("Host", host);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    Answer send(HttpRequest request) {
        try {
            return Answer.of(client.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(request + ": " + e, e);
        }
    }

    /**
     * By curl, whose names all lead to the proxy.
     *
     * @param arguments besides those that show the answer's head and body
     */
    Answer curl(String... arguments) throws IOException, InterruptedException {
        assumeTrue(HAS_CURL, "curl is not installed");
        List<String> command =
                new ArrayList<>(List.of("curl", "-s", "-S", "-i", "--http1.1", "--noproxy", "*"));
        command.addAll(List.of("--max-time", "" + LIMIT.toSeconds()));
        command.addAll(List.of("--connect-to", "::" + address + ":"));
        command.addAll(List.of(arguments));
        Process curl = new ProcessBuilder(command).start();
        byte[] output = curl.getInputStream().readAllBytes();
        String errors = new String(curl.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!curl.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || curl.exitValue() != 0) {
            throw new IOException("curl: " + curl.exitValue() + " " + errors);
        }
        return Answer.parse(output);
    }

    /** Sends bytes as they are, and reads until the proxy ends the connection. */
    Answer raw(int port, String text) throws IOException {
        try (Socket socket = new Socket(address, port)) {
            return exchange(socket, text);
        }
    }

    private static Answer exchange(Socket socket, String text) throws IOException {
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        InputStream in = socket.getInputStream();
        return Answer.parse(in.readAllBytes());
    }

    /** What TLS came to: the first name of the certificate, and the answer. */
    record Secured(String certificate, Answer answer) {}

    /** A GET through TLS, whose server name and Host may differ; no certificate is distrusted. */
    Secured tls(Optional<String> serverName, String host, String path) throws Exception {
        try (SSLSocket socket =
                (SSLSocket) trusting().getSocketFactory().createSocket(address, 443)) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(
                    serverName.stream()
                            .map(SNIHostName::new)
                            .map(javax.net.ssl.SNIServerName.class::cast)
                            .toList());
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            String name =
                    shown.getSubjectAlternativeNames().stream()
                            .map(entry -> entry.get(1).toString())
                            .findFirst()
                            .orElseThrow();
            return new Secured(
                    name,
                    exchange(
                            socket,
                            "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                                    .formatted(path, host)));
        }
    }

    Secured tls(String name, String path) throws Exception {
        return tls(Optional.of(name), name, path);
    }

    /** Without sessions: Java's client would resume one by address, and ask for its name again. */
    private static SSLContext trusting() {
        X509TrustManager everybody =
                new X509ExtendedTrustManager() {
                    @Override
                    public void checkClientTrusted(X509Certificate[] chain, String type) {}

                    @Override
                    public void checkServerTrusted(X509Certificate[] chain, String type) {}

                    @Override
                    public void checkClientTrusted(
                            X509Certificate[] chain, String type, Socket socket) {}

                    @Override
                    public void checkServerTrusted(
                            X509Certificate[] chain, String type, Socket socket) {}

                    @Override
                    public void checkClientTrusted(
                            X509Certificate[] chain, String type, javax.net.ssl.SSLEngine e) {}

                    @Override
                    public void checkServerTrusted(
                            X509Certificate[] chain, String type, javax.net.ssl.SSLEngine e) {}

                    @Override
                    public X509Certificate[] getAcceptedIssuers() {
                        return new X509Certificate[0];
                    }
                };
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    null, Stream.of(everybody).toArray(TrustManager[]::new), new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
