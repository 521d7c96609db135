import type { SessionState } from '../../../src/contract/states.ts';

export const stateWords: Record<SessionState, { label: string; meaning: string }> = {
  unknown: {
    label: 'Not looked at yet',
    meaning: 'The service has seen the folder and will look at it shortly.',
  },
  incomplete_or_empty: {
    label: 'No movies yet',
    meaning: 'There is nothing to process so far. Movies are found by themselves as they land in raw.',
  },
  needs_processing: {
    label: 'Waiting for start',
    meaning: 'Movies wait and nobody has started, or it was stopped.',
  },
  processing_start: { label: 'Starting', meaning: 'Asked to start; the first batch is not submitted yet.' },
  processing: { label: 'Processing', meaning: 'Movies are being processed as they land.' },
  processing_complete: {
    label: 'Complete',
    meaning: 'All movies are done and the microscope is quiet. A new movie is taken up by itself.',
  },
  processing_failure: { label: 'Needs a person', meaning: 'Processing cannot go on without help.' },
};
