// Loaded into n8n before anything else: when the process that started n8n is gone, its end of this pipe closes, and n8n stops too.
import { isMainThread } from 'node:worker_threads';

// Worker threads and forks of n8n inherit this import; their input is another one.
if (isMainThread && process.ppid === Number(process.env.ERP_BRIDGE_STARTER)) {
	process.stdin.once('close', () => {
		process.kill(process.pid, 'SIGTERM');
		// n8n gives running executions 30 s.
		setTimeout(() => process.kill(process.pid, 'SIGKILL'), 40_000).unref();
	});
	process.stdin.resume();
	process.stdin.unref?.();
}
