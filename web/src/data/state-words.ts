import type { SessionState } from '../../../src/contract/states.ts';

export const stateWords: Record<SessionState, { label: string; meaning: string }> = {
  unknown: {
    label: 'Not scanned yet',
    meaning: 'The service has found the folder and will read it shortly.',
  },
  incomplete_or_empty: {
    label: 'No movies yet',
    meaning: 'There is nothing to process yet. New movies in raw/ are found automatically.',
  },
  needs_processing: {
    label: 'Ready to start',
    meaning: 'Movies are waiting. Processing has not been started, or it was stopped.',
  },
  processing_start: {
    label: 'Starting',
    meaning: 'Start requested; the first batch has not been submitted yet.',
  },
  processing: { label: 'Processing', meaning: 'Movies are processed as they arrive.' },
  processing_complete: {
    label: 'Complete',
    meaning: 'All movies are processed and the microscope is idle. New movies are picked up automatically.',
  },
  processing_failure: { label: 'Action required', meaning: 'Processing cannot continue without help.' },
};
