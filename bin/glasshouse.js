#!/usr/bin/env node
// Runs the command line from its TypeScript sources, so that what runs is what you read.
import { register } from "tsx/esm/api";

register();
const { main } = await import("../src/cli/index.ts");
await main();
