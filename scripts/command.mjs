import { spawn } from 'node:child_process';
import { explain } from './failure.mjs';

const windows = process.platform === 'win32';

/** What npm sets for the scripts it runs would steer the npm commands that we run ourselves in other folders. */
export function cleanEnvironment(extra = {}) {
	const kept =
		/^npm_config_(registry|userconfig|globalconfig|cache|proxy|https_proxy|noproxy|cafile|strict_ssl|offline|prefer_offline|nodedir)$/i;
	const inherited = Object.entries(process.env).filter(
		([name]) => (!/^npm_/i.test(name) && name !== 'INIT_CWD') || kept.test(name),
	);
	return { ...Object.fromEntries(inherited), ...extra };
}

/**
 * Runs a command to its end with its output captured; `onLine` sees every line. Rejects with a Failure that says `what` failed.
 */
export function command(what, program, args, { cwd, env = cleanEnvironment(), onLine = () => {} } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], shell: windows });
		let stdout = '';
		let all = '';
		const collect = (stream, isStdout) => {
			let rest = '';
			stream.setEncoding('utf8');
			stream.on('data', (chunk) => {
				if (isStdout) stdout += chunk;
				all = (all + chunk).slice(-200_000);
				const lines = (rest + chunk).split('\n');
				rest = lines.pop() ?? '';
				for (const line of lines) if (line.trim()) onLine(line.trim());
			});
		};
		collect(child.stdout, true);
		collect(child.stderr, false);
		child.once('error', (error) => reject(explain(what, String(error))));
		child.once('close', (code) => (code === 0 ? resolve(stdout) : reject(explain(what, all))));
	});
}

/** Runs a command that talks to the user itself; resolves to its exit code. */
export function attached(program, args, { cwd, env = process.env } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { cwd, env, stdio: 'inherit', shell: windows });
		const pass = (signal) => child.kill(signal);
		// The terminal sends Ctrl-C to the child as well; swallowing it here lets the child finish its own clean-up.
		const swallow = () => {};
		process.on('SIGINT', swallow);
		process.on('SIGTERM', pass);
		child.once('error', reject);
		child.once('close', (code, signal) => {
			process.off('SIGINT', swallow);
			process.off('SIGTERM', pass);
			resolve(code ?? (signal ? 1 : 0));
		});
	});
}
