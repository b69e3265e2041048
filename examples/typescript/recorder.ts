// Records streams of an OvenMediaEngine as HLS files, with the npm package ovenmediaengine-ts-sdk.
import sdk from "ovenmediaengine-ts-sdk";

// The package is CommonJS: imported from a module, its class is the default of the default
const OvenMediaEngineSDK = ((sdk as any).default ?? sdk) as typeof sdk;

export class Recorder {
  private readonly ome: InstanceType<typeof OvenMediaEngineSDK>;

  constructor(url: string, accessToken: string, private readonly stream = "stream", private readonly attempts = 3) {
    this.ome = new OvenMediaEngineSDK({ baseURL: `${url}/v1`, timeout: 10_000 });
    this.ome.setAuthorization(accessToken);
  }

  async start(id: string, directory: string): Promise<void> {
    const fields = { outputStreamName: this.stream, id, outputPath: directory, infoFile: `${directory}.info` };
    await this.insist(() => this.ome.startDump("default", "app", this.stream, fields));
  }

  async stop(id: string): Promise<void> {
    await this.insist(() => this.ome.stopDump("default", "app", this.stream, { outputStreamName: this.stream, id }));
  }

  /** Try again where the server fails, and tell its words where it refuses. */
  private async insist(call: () => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await call();
        return;
      } catch (error: any) {
        const status = error.response?.status ?? 0;
        if (attempt === this.attempts || (status >= 400 && status < 500)) {
          throw new Error(error.response?.data?.message ?? error.message);
        }
      }
    }
  }
}
