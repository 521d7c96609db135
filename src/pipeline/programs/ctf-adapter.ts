import { symlinkSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { shellCommandLine } from '../../base/shell-words.ts';
import { type ExternalCtfProgram, PROGRAM_TITLES, type ProgramSettings } from '../../contract/programs.ts';
import type { CtfOutcome, CtfRequest } from '../../engine/ports.ts';
import type { CtfEstimator, CtfWorkspace } from '../adapter.ts';
import { findProgram } from './find-program.ts';
import { convertFit, type ExternalFit } from './fit.ts';
import { ProgramOutputs } from './outputs.ts';
import { runProgram } from './run-program.ts';

/** The micrograph in the work directory of a program, to which the program also writes. */
export interface CtfInput {
  readonly request: CtfRequest;
  /** Name of the micrograph, an MRC file of mode 2. */
  readonly file: string;
  /** `file` without its extension, for the names of outputs. */
  readonly stem: string;
  /** The executable that was found. */
  readonly programPath: string;
}

/** How a program is called. */
interface CtfCall {
  readonly args: readonly string[];
  /** Lines for its standard input; absent if the program has no prompts. */
  readonly answers?: readonly string[];
}

/** Result read from the outputs of a program. */
export interface CtfReading {
  readonly fit: ExternalFit;
  /**
   * The program's picture of its fit; absent if it writes none: the engine then draws one from the numbers.
   */
  readonly diagnostic?: CtfOutcome['diagnostic'];
  /** From its outputs; `unknown` if they do not contain it. */
  readonly version: string;
  /** CTFFIND's result text, from CTFFIND itself. */
  readonly ctffindText?: string;
  readonly warnings: readonly string[];
}

/** Everything that is specific to a program that estimates the CTF. */
export interface CtfProgram {
  readonly name: ExternalCtfProgram;
  call(input: CtfInput): CtfCall;
  /** @throws CodedError PROGRAM_FAILED if an output is missing or cannot be parsed */
  read(outputs: ProgramOutputs, input: CtfInput): CtfReading;
}

/**
 * Adapter of an external CTF program: finds it, runs it in the work directory, reads its outputs, and
 * compares them with the built-in fit.
 */
export function ctfAdapter(program: CtfProgram, settings: ProgramSettings): CtfEstimator {
  const { name } = program;
  const title = PROGRAM_TITLES[name];
  return {
    name,
    version: 'unknown',
    async estimateCtf(request, workspace) {
      const path = findProgram(name, settings[name]);
      const file = linkMicrograph(workspace);
      const input = { request, file, stem: basename(file, extname(file)), programPath: path };
      const { args, answers } = program.call(input);
      const printedText = await runProgram({
        name: title,
        path,
        args,
        cwd: workspace.workDir,
        ...(answers ? { input: `${answers.join('\n')}\n` } : {}),
        timeoutMs: settings.timeoutSeconds * 1000,
        signal: request.signal,
      });
      const reading = program.read(new ProgramOutputs(title, workspace.workDir, printedText), input);
      const { ctf, diagnostic, warnings } = await convertFit(title, reading.fit, reading.diagnostic, request);
      return {
        outcome: {
          ctf,
          diagnostic,
          ...(reading.ctffindText === undefined ? {} : { ctffindText: reading.ctffindText }),
          warnings: [...reading.warnings, ...warnings],
        },
        command: commandOf(path, args, answers),
        external: { version: reading.version },
      };
    },
  };
}

function commandOf(path: string, args: readonly string[], answers: readonly string[] | undefined): string {
  const line = shellCommandLine([path, ...args]);
  return answers ? `${line} <<EOF\n${answers.join('\n')}\nEOF` : line;
}

/**
 * Links the micrograph under its own name in the work directory, because programs write next to their input.
 */
function linkMicrograph({ workDir, micrographPath }: CtfWorkspace): string {
  const name = basename(micrographPath);
  symlinkSync(micrographPath, join(workDir, name));
  return name;
}
