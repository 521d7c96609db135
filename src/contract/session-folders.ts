/** Folder of a session with its movies. */
export const RAW_FOLDER = 'raw';

/** Folder of a session with batch files, their logs and the files of the executors. */
export const WORKFLOW_FOLDER = 'workflow';

/**
 * The session folder of a path below its `workflow`. For a path outside all sessions, such as that of a batch
 * that a user runs by hand: the parent folder.
 * @param path - absolute, forward slashes
 */
export function sessionFolderOf(path: string): string {
  const workflowAt = path.lastIndexOf(`/${WORKFLOW_FOLDER}/`);
  const end = workflowAt >= 0 ? workflowAt : path.lastIndexOf('/');
  return path.slice(0, Math.max(1, end));
}
