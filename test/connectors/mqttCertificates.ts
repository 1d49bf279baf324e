import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
	cert: string;
	key: string;
	/** the files they were read from */
	files: { cert: string; key: string };
}

/** A certificate authority of the test's own, made by OpenSSL in the folder. */
export class Authority {
	private constructor(
		private readonly folder: string,
		private readonly name: string,
		readonly certificate: Certificate,
	) {}

	static async create(folder: string, name: string): Promise<Authority> {
		const cert = join(folder, `${name}.pem`);
		const key = join(folder, `${name}.key`);
		await run('openssl', [
			...[
				'req',
				'-x509',
				'-newkey',
				'ec',
				'-pkeyopt',
				'ec_paramgen_curve:prime256v1',
				'-nodes',
				'-days',
				'2',
			],
			...['-subj', `/CN=${name}`, '-keyout', key, '-out', cert],
		]);
		return new Authority(folder, name, await read({ cert, key }));
	}

	/** PEM of the authority itself, for those who shall trust it */
	get ca(): string {
		return this.certificate.cert;
	}

	/** Signed by this authority. `names` in OpenSSL's words, such as `IP:127.0.0.1,DNS:localhost`. */
	async issue(name: string, names = 'IP:127.0.0.1,DNS:localhost'): Promise<Certificate> {
		const path = (ending: string) => join(this.folder, `${this.name}-${name}.${ending}`);
		await run('openssl', [
			...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
			...['-subj', `/CN=${name}`, '-keyout', path('key'), '-out', path('csr')],
		]);
		await writeFile(path('ext'), `subjectAltName=${names}\n`);
		const { files } = this.certificate;
		await run('openssl', [
			...['x509', '-req', '-in', path('csr'), '-CA', files.cert, '-CAkey', files.key, '-CAcreateserial'],
			...['-days', '2', '-extfile', path('ext'), '-out', path('pem')],
		]);
		return await read({ cert: path('pem'), key: path('key') });
	}
}

async function read(files: Certificate['files']): Promise<Certificate> {
	return { cert: await readFile(files.cert, 'utf8'), key: await readFile(files.key, 'utf8'), files };
}
