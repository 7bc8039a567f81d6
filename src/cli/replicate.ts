import type { GlobalOptions } from "./output.ts";
import { withLab } from "./run.ts";

export async function replicate(study: string, global: GlobalOptions): Promise<void> {
  await withLab(global, (lab, events) => lab.replicate(study, events));
}
