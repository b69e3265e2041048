<?php

declare(strict_types=1);

/** Records a stream of an OvenMediaEngine as HLS files. */
final class Recorder
{
    private const ATTEMPTS = 3;

    public function __construct(
        private string $url,
        private string $accessToken,
        private string $stream = 'stream',
    ) {
    }

    /** Has the server write the stream below a directory, and an info file beside it. */
    public function start(string $id, string $directory): void
    {
        $this->post('startHlsDump', ['id' => $id, 'outputPath' => $directory, 'infoFile' => "$directory.info"]);
    }

    public function stop(string $id): void
    {
        $this->post('stopHlsDump', ['id' => $id]);
    }

    private function post(string $action, array $fields): void
    {
        $request = curl_init("$this->url/v1/vhosts/default/apps/app/streams/$this->stream:$action");
        curl_setopt_array($request, [
            CURLOPT_POSTFIELDS => json_encode(['outputStreamName' => $this->stream] + $fields),
            CURLOPT_HTTPHEADER => ['Authorization: Basic ' . base64_encode($this->accessToken)],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 10,
        ]);
        for ($attempt = 1;; $attempt++) {
            $answer = curl_exec($request);
            $status = curl_getinfo($request, CURLINFO_RESPONSE_CODE);
            if ($status === 200) {
                return;
            }
            if ($attempt === self::ATTEMPTS || ($status >= 400 && $status < 500)) {
                throw new RuntimeException($answer === false ? curl_error($request) : json_decode($answer)->message);
            }
        }
    }
}
