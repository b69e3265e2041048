import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Needs nothing but a JDK: javac *.java && java -ea RecorderTest. Under JUnit each method is a @Test. */
final class RecorderTest {
    static final String URL = System.getenv("OME_URL"), TOKEN = System.getenv("OME_ACCESS_TOKEN");
    static final String DUMPS = System.getenv("OME_DUMPS");

    public static void main(String[] arguments) throws Exception {
        aMinuteIsRecorded();
        startIsTriedAgainWhenTheServerFails();
        unknownStreamIsAnError();
    }

    static void aMinuteIsRecorded() throws Exception {
        control("reset", "{}");
        var recorder = new Recorder(URL, TOKEN, "stream");
        recorder.start("d1", DUMPS + "/minute");
        control("clock/advance", "{\"seconds\": 60}");
        recorder.stop("d1");
        try (var files = Files.list(Path.of(DUMPS, "minute"))) {
            assert files.filter(file -> file.getFileName().toString().startsWith("seg_0_")).count() == 10;
        }
        assert Files.readString(Path.of(DUMPS, "minute.info")).contains("<Status>Completed</Status>");
    }

    static void startIsTriedAgainWhenTheServerFails() throws Exception {
        control("reset", "{}");
        control("faults", "{\"fault\": \"status\", \"status\": 500, \"route\": \":startHlsDump\", \"times\": 2}");
        new Recorder(URL, TOKEN, "stream").start("d2", DUMPS + "/again");
    }

    static void unknownStreamIsAnError() throws Exception {
        try {
            new Recorder(URL, TOKEN, "nobody").start("d3", DUMPS + "/nobody");
        } catch (IOException refused) {
            assert refused.getMessage().contains("Could not find the stream");
            return;
        }
        throw new AssertionError("no refusal");
    }

    /** Asks the emulator itself for something: a turn of its clock, a fault, a reset. */
    static void control(String path, String body) throws Exception {
        var token = Base64.getEncoder().encodeToString(TOKEN.getBytes());
        var request = HttpRequest.newBuilder(URI.create(URL + "/_mock/" + path)).header("Authorization", "Basic " + token);
        var answer = HttpClient.newHttpClient().send(request.POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
        assert answer.statusCode() < 300 : answer.body();
    }
}
