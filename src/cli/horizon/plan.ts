import { NEW_LENGTHS, type PowerPlan } from "../../horizon/index.ts";
import { cleanLine, paint } from "../output.ts";
import { wrapped } from "../screen.ts";
import { table } from "../table.ts";
import { duration, factor } from "./words.ts";

/** A power plan for people: what there is, and what more tasks would do. */
export function planText({
  agent,
  category,
  width,
  runs,
  horizon,
  now,
  options,
}: PowerPlan): string {
  const right = "right" as const;
  return [
    wrapped(
      `${paint("bold", `Power plan: ${category}, to an interval whose ends are a factor of ${factor(width)} apart`)}, for ${cleanLine(agent)} with a horizon of ${duration(horizon)}`,
    ),
    wrapped(
      `The ${now.tasks} tasks of today give a factor of ${factor(now.simulatedWidth)} in simulation and ${factor(now.bootstrapWidth)} by the bootstrap; with endless runs of each, ${factor(now.endlessRunsWidth)}.`,
    ),
    "",
    table(
      [
        { title: "Length of new tasks", width: 44 },
        { title: "New tasks", align: right },
        { title: "Factor", align: right },
        { title: "Human hours", align: right },
      ],
      options.map(({ lengths, tasks, simulatedWidth, humanHours }) => [
        NEW_LENGTHS[lengths],
        tasks === Infinity ? "above 4,096" : `${tasks}`,
        factor(simulatedWidth),
        Number.isFinite(humanHours) ? Math.round(humanHours).toLocaleString("en-GB") : "–",
      ]),
    ),
    paint(
      "dim",
      wrapped(
        `${runs} ${runs === 1 ? "run" : "runs"} of each new task, each of a family of its own. Human hours: one skilled human does each new task once.`,
      ),
    ),
  ].join("\n");
}
