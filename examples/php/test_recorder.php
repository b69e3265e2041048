<?php

// Needs nothing but PHP and its curl extension: php test_recorder.php. Under PHPUnit each function is a test.

declare(strict_types=1);

require __DIR__ . '/Recorder.php';

/** Asks the emulator itself for something: a turn of its clock, a fault, a reset. */
function control(string $path, array $body = []): void
{
    $request = curl_init(getenv('OME_URL') . "/_mock/$path");
    curl_setopt_array($request, [
        CURLOPT_POSTFIELDS => json_encode((object) $body),
        CURLOPT_HTTPHEADER => ['Authorization: Basic ' . base64_encode(getenv('OME_ACCESS_TOKEN'))],
        CURLOPT_RETURNTRANSFER => true,
    ]);
    $answer = curl_exec($request);
    check(curl_getinfo($request, CURLINFO_RESPONSE_CODE) < 300, "$path: $answer");
}

function check(bool $holds, string $otherwise): void
{
    if (!$holds) {
        fwrite(STDERR, "$otherwise\n");
        exit(1);
    }
}

function recorder(string $stream): Recorder
{
    control('reset');
    return new Recorder(getenv('OME_URL'), getenv('OME_ACCESS_TOKEN'), $stream);
}

$dumps = getenv('OME_DUMPS');

// a minute is recorded
$recorder = recorder('stream');
$recorder->start('d1', "$dumps/minute");
control('clock/advance', ['seconds' => 60]);
$recorder->stop('d1');
check(count(glob("$dumps/minute/seg_0_*")) === 10, 'not ten segments');
check(str_contains(file_get_contents("$dumps/minute.info"), '<Status>Completed</Status>'), 'not completed');

// start is tried again when the server fails
$recorder = recorder('stream');
control('faults', ['fault' => 'status', 'status' => 500, 'route' => ':startHlsDump', 'times' => 2]);
$recorder->start('d2', "$dumps/again");

// a refusal is told in the words of the server
try {
    recorder('nobody')->start('d3', "$dumps/nobody");
    check(false, 'no refusal');
} catch (RuntimeException $refused) {
    check(str_contains($refused->getMessage(), 'Could not find the stream'), $refused->getMessage());
}
