package recorder

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// control asks the emulator itself for something: a turn of its clock, a fault, a reset.
func control(t *testing.T, path, body string) {
	t.Helper()
	request, _ := http.NewRequest(http.MethodPost, os.Getenv("OME_URL")+"/_mock/"+path, strings.NewReader(body))
	request.Header.Set("Authorization", "Basic b21lLWFjY2Vzcy10b2tlbg==")
	answer, err := http.DefaultClient.Do(request)
	if err != nil || answer.StatusCode >= 300 {
		t.Fatal(path, answer, err)
	}
	answer.Body.Close()
}

func recorderOf(t *testing.T, stream string) Recorder {
	control(t, "reset", "{}")
	return Recorder{os.Getenv("OME_URL"), os.Getenv("OME_ACCESS_TOKEN"), stream}
}

func TestAMinuteIsRecorded(t *testing.T) {
	recorder, directory := recorderOf(t, "stream"), filepath.Join(os.Getenv("OME_DUMPS"), "minute")
	if err := recorder.Start("d1", directory); err != nil {
		t.Fatal(err)
	}
	control(t, "clock/advance", `{"seconds": 60}`)
	if err := recorder.Stop("d1"); err != nil {
		t.Fatal(err)
	}
	if segments, _ := filepath.Glob(directory + "/seg_0_*"); len(segments) != 10 {
		t.Error("not ten segments:", segments)
	}
	if info, _ := os.ReadFile(directory + ".info"); !strings.Contains(string(info), "<Status>Completed</Status>") {
		t.Errorf("not completed: %s", info)
	}
}

func TestStartIsTriedAgainWhenTheServerFails(t *testing.T) {
	recorder := recorderOf(t, "stream")
	control(t, "faults", `{"fault": "status", "status": 500, "route": ":startHlsDump", "times": 2}`)
	if err := recorder.Start("d2", filepath.Join(os.Getenv("OME_DUMPS"), "again")); err != nil {
		t.Error(err)
	}
}

func TestUnknownStreamIsAnError(t *testing.T) {
	err := recorderOf(t, "nobody").Start("d1", "/tmp/d1")
	if err == nil || !strings.Contains(err.Error(), "Could not find the stream") {
		t.Error("expected a refusal:", err)
	}
}
