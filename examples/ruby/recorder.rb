# frozen_string_literal: true

require "json"
require "net/http"

# Records a stream of an OvenMediaEngine as HLS files.
class Recorder
  ATTEMPTS = 3

  def initialize(url, access_token, stream: "stream")
    @url = "#{url}/v1/vhosts/default/apps/app/streams/#{stream}"
    @authorization = "Basic #{[access_token].pack("m0")}"
    @stream = stream
  end

  # Has the server write the stream below a directory, and an info file beside it.
  def start(id, directory)
    post("startHlsDump", id: id, outputPath: directory, infoFile: "#{directory}.info")
  end

  def stop(id)
    post("stopHlsDump", id: id)
  end

  private

  def post(action, **fields)
    body = JSON.generate({ outputStreamName: @stream, **fields })
    answer = nil
    ATTEMPTS.times do
      answer = Net::HTTP.post(URI("#{@url}:#{action}"), body, "Authorization" => @authorization)
      return if answer.code == "200"
      break if answer.code < "500"
    end
    raise JSON.parse(answer.body)["message"]
  end
end
