import { parentPort } from 'node:worker_threads';
import { CodedError } from '../../contract/errors.ts';
import { openContext, type TaskContext, type ThreadSetup } from './context.ts';
import { runTask, type Task } from './tasks.ts';

/** A thread of the pool: opens a movie, runs tasks, closes it, waits for the next. */

export type ThreadCommand =
  | { readonly kind: 'open'; readonly setup: ThreadSetup }
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'close' };

export type ThreadResponse =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly code: CodedError['code'] | null;
      readonly message: string;
      readonly location: CodedError['location'];
      readonly stack: string;
    };

let context: TaskContext | null = null;

function execute(command: ThreadCommand): unknown {
  switch (command.kind) {
    case 'open':
      context?.reader.close();
      context = openContext(command.setup);
      return null;
    case 'task':
      if (!context) throw new Error('a task was received before a movie was opened');
      return runTask(context, command.task);
    case 'close':
      context?.reader.close();
      context = null;
      return null;
  }
}

const port = parentPort;
if (!port) throw new Error('worker.ts can run only as a worker thread');
port.on('message', (command: ThreadCommand) => {
  let response: ThreadResponse;
  try {
    response = { ok: true, value: execute(command) };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    const coded = failure instanceof CodedError ? failure : null;
    response = {
      ok: false,
      code: coded?.code ?? null,
      message: failure.message,
      location: coded?.location ?? {},
      stack: failure.stack ?? '',
    };
  }
  port.postMessage(response);
});
