#!/usr/bin/env node
// Runs the command line from its TypeScript sources, so that what runs is what you read.
import { register } from "tsx/esm/api";

register();
await import("../src/cli/main.ts");
