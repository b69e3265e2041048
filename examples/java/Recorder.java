import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;

/** Records a stream of an OvenMediaEngine as HLS files, with the JDK's own HTTP client. */
final class Recorder {
    private static final int ATTEMPTS = 3;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String url, authorization, stream;

    Recorder(String url, String accessToken, String stream) {
        this.url = url + "/v1/vhosts/default/apps/app/streams/" + stream;
        this.authorization = "Basic " + Base64.getEncoder().encodeToString(accessToken.getBytes());
        this.stream = stream;
    }

    /** Has the server write the stream below a directory, and an info file beside it. */
    void start(String id, String directory) throws IOException, InterruptedException {
        var fields = "\"id\": \"%s\", \"outputPath\": \"%s\", \"infoFile\": \"%s.info\"";
        post("startHlsDump", fields.formatted(id, directory, directory));
    }

    void stop(String id) throws IOException, InterruptedException {
        post("stopHlsDump", "\"id\": \"%s\"".formatted(id));
    }

    private void post(String action, String fields) throws IOException, InterruptedException {
        var body = "{\"outputStreamName\": \"%s\", %s}".formatted(stream, fields);
        var request = HttpRequest.newBuilder(URI.create(url + ":" + action))
                .header("Authorization", authorization).POST(BodyPublishers.ofString(body)).build();
        for (int attempt = 1;; attempt++) {
            var answer = client.send(request, BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
                return;
            }
            if (answer.statusCode() < 500 || attempt == ATTEMPTS) {
                throw new IOException(answer.statusCode() + " " + answer.body());
            }
        }
    }
}
