// Package recorder records streams of an OvenMediaEngine as HLS files.
package recorder

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
)

// Recorder starts and stops dumps of one stream of default/app.
type Recorder struct{ URL, AccessToken, Stream string }

const attempts = 3

// Start has the server write the stream below a directory, and an info file beside it.
func (r Recorder) Start(id, directory string) error {
	return r.post("startHlsDump", map[string]any{"id": id, "outputPath": directory, "infoFile": directory + ".info"})
}

// Stop completes a dump.
func (r Recorder) Stop(id string) error {
	return r.post("stopHlsDump", map[string]any{"id": id})
}

func (r Recorder) post(action string, fields map[string]any) error {
	fields["outputStreamName"] = r.Stream
	body, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	url := fmt.Sprintf("%s/v1/vhosts/default/apps/app/streams/%s:%s", r.URL, r.Stream, action)
	for attempt := 1; ; attempt++ {
		status, message, err := r.send(url, body)
		if err == nil && status == http.StatusOK {
			return nil
		}
		if attempt == attempts || (err == nil && status < 500) {
			return fmt.Errorf("%s: status %d: %s (error: %v)", action, status, message, err)
		}
	}
}

func (r Recorder) send(url string, body []byte) (int, string, error) {
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(r.AccessToken)))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	var told struct{ Message string }
	err = json.NewDecoder(answer.Body).Decode(&told)
	return answer.StatusCode, told.Message, err
}
