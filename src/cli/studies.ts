import { registeredStudies } from "../lab/index.ts";
import { cleanLine, type GlobalOptions, paint, print, printJson } from "./output.ts";
import { table } from "./table.ts";

export async function listStudies(global: GlobalOptions): Promise<void> {
  const studies = await registeredStudies();
  if (global.json) {
    printJson(
      studies.map(({ name, folder, source }) => ({
        name,
        folder,
        title: source.definition.title,
        question: source.definition.question,
      })),
    );
    return;
  }
  const rows = studies.map(({ name, source: { definition } }) => [
    paint("bold", name),
    cleanLine(definition.question),
    `${definition.conditions.length * (definition.seeds.original + definition.seeds.replication)}`,
  ]);
  print(
    table(
      [{ title: "Study" }, { title: "Question", width: 60 }, { title: "Runs", align: "right" }],
      rows,
    ),
  );
}
