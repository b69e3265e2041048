# frozen_string_literal: true

require "minitest/autorun"
require_relative "recorder"

class TestRecorder < Minitest::Test
  URL = ENV.fetch("OME_URL")
  TOKEN = ENV.fetch("OME_ACCESS_TOKEN")
  DUMPS = ENV.fetch("OME_DUMPS")

  def setup
    control("reset")
    @recorder = Recorder.new(URL, TOKEN)
  end

  def test_a_minute_is_recorded
    @recorder.start("d1", "#{DUMPS}/minute")
    control("clock/advance", seconds: 60)
    @recorder.stop("d1")
    assert_equal 10, Dir["#{DUMPS}/minute/seg_0_*"].size
    assert_includes File.read("#{DUMPS}/minute.info"), "<Status>Completed</Status>"
  end

  def test_start_is_tried_again_when_the_server_fails
    control("faults", fault: "status", status: 500, route: ":startHlsDump", times: 2)
    @recorder.start("d2", "#{DUMPS}/again")
  end

  def test_refusal_is_raised_in_the_words_of_the_server
    refused = assert_raises(RuntimeError) { Recorder.new(URL, TOKEN, stream: "nobody").start("d3", "#{DUMPS}/nobody") }
    assert_includes refused.message, "Could not find the stream"
  end

  # Asks the emulator itself for something: a turn of its clock, a fault, a reset.
  def control(path, **body)
    answer = Net::HTTP.post(URI("#{URL}/_mock/#{path}"), JSON.generate(body), "Authorization" => "Basic #{[TOKEN].pack("m0")}")
    assert_operator answer.code, :<, "300", answer.body
  end
end
