import { Attribute, Change, Client, FilterParser, ResultCodeError, type Entry } from 'ldapts';

import {
	AuthenticationError,
	type BridgeError,
	type ErrorSubject,
	NotFoundError,
	PermissionError,
	UnavailableError,
	ValidationError,
} from '../../core/ports/errors';

export interface LdapOptions {
	/** name in events and in the crosswalk */
	system: string;
	/** such as ldaps://directory.example.com:636 */
	url: string;
	/** to encrypt a connection that begins in the clear (RFC 4511, 4.14) */
	startTls?: boolean;
	/** certificate of the authority that signed the server's, in PEM; the system's own when absent */
	caCertificate?: string;
	bindDn: string;
	password: string;
	/** below which people are looked for */
	baseDn: string;
	/** which entries are people (RFC 4515) */
	peopleFilter?: string;
	/** which of them no longer work here */
	leftFilter?: string;
	timeoutMs?: number;
}

/** Entries a page (RFC 2696). */
const pageSize = 500;

/** Searches of one directory. Each opens a connection, signs in and closes it; every failure becomes a BridgeError. */
export class LdapDirectory {
	constructor(private readonly options: LdapOptions) {}

	get system(): string {
		return this.options.system;
	}

	/** All entries below the base that match; a directory that stops at its size limit is refused, not taken for the whole. */
	async search(filter: string, attributes: string[], buffers: string[] = []): Promise<Entry[]> {
		this.refuseWrong(filter);
		return await this.connected(async (client) => {
			const { searchEntries } = await client.search(this.options.baseDn, {
				scope: 'sub',
				filter,
				attributes,
				explicitBufferAttributes: buffers,
				paged: { pageSize },
			});
			return searchEntries;
		});
	}

	/** The entry of a name; nothing where there is none. */
	async entry(dn: string, attributes: string[]): Promise<Entry | undefined> {
		return await this.connected(async (client) => {
			try {
				const { searchEntries } = await client.search(dn, { scope: 'base', attributes });
				return searchEntries[0];
			} catch (error) {
				if (error instanceof ResultCodeError && error.code === 32) return undefined;
				throw error;
			}
		});
	}

	/** Adds, takes away or replaces values of one attribute. What is already so is no failure (RFC 4511, 4.6). */
	async modify(
		dn: string,
		operation: 'add' | 'delete' | 'replace',
		type: string,
		values: string[],
	): Promise<void> {
		await this.connected(async (client) => {
			try {
				await client.modify(dn, new Change({ operation, modification: new Attribute({ type, values }) }));
			} catch (error) {
				const already = operation === 'add' ? 20 : operation === 'delete' ? 16 : undefined;
				if (error instanceof ResultCodeError && error.code === already) return;
				throw error;
			}
		});
	}

	/** The base is there and may be read. */
	async check(): Promise<void> {
		await this.connected(async (client) => {
			await client.search(this.options.baseDn, { scope: 'base', attributes: ['1.1'] });
		});
	}

	private address(): URL {
		const { url, system } = this.options;
		const address = URL.parse(url);
		if (address?.protocol === 'ldap:' || address?.protocol === 'ldaps:') return address;
		throw new ValidationError(`"${url}" is no address of a directory; ${system} was not asked.`, {
			system,
			entity: 'employee',
			hint: 'Write it in the credential as ldaps://directory.example.com:636, or ldap://directory.example.com:389.',
		});
	}

	private refuseWrong(filter: string): void {
		try {
			FilterParser.parseString(filter);
		} catch (cause) {
			const { system } = this.options;
			throw new ValidationError(`The filter "${filter}" for ${system} cannot be read.`, {
				system,
				entity: 'employee',
				hint: 'Correct the filters in the credential; they are written as RFC 4515 says, in parentheses.',
				cause,
			});
		}
	}

	private async connected<T>(work: (client: Client) => Promise<T>): Promise<T> {
		const { url, startTls = false, caCertificate, bindDn, password, timeoutMs = 30_000 } = this.options;
		const { protocol, hostname } = this.address();
		const trusted = caCertificate === undefined ? {} : { ca: caCertificate };
		const client = new Client({
			url,
			timeout: timeoutMs,
			connectTimeout: timeoutMs,
			// With options of TLS the client would begin encrypted at an address that begins in the clear.
			...(protocol === 'ldaps:' ? { tlsOptions: trusted } : {}),
		});
		try {
			// The certificate has to be the server's that was asked for.
			if (startTls) await client.startTLS({ host: hostname.replace(/^\[|\]$/g, ''), ...trusted });
			await client.bind(bindDn, password);
			return await work(client);
		} catch (error) {
			throw this.refusal(error);
		} finally {
			await client.unbind().catch(() => undefined);
		}
	}

	/** By the result code (RFC 4511, appendix A). */
	private refusal(error: unknown): BridgeError {
		const { system, bindDn, baseDn } = this.options;
		const about = (hint: string): ErrorSubject => ({ system, entity: 'employee', hint });
		if (!(error instanceof ResultCodeError))
			return new UnavailableError(
				`${system} gave no answer: ${error instanceof Error ? error.message : String(error)}`,
				{
					...about(`Check address, port and encryption in the credential, and that ${system} runs.`),
					cause: error,
				},
			);
		switch (error.code) {
			case 49:
				return new AuthenticationError(
					`${system} refused to sign in "${bindDn}".`,
					about('Check bind DN and password in the credential.'),
				);
			case 8:
			case 13:
			case 50:
				return new PermissionError(
					`${system} does not let "${bindDn}" read people: ${error.message}`,
					about(`Give it the right to read in ${system}, or choose an encrypted connection.`),
				);
			case 32:
				return new NotFoundError(
					`${system} has no entry "${baseDn}".`,
					about('Correct the base DN in the credential.'),
				);
			case 3:
			case 4:
			case 11:
				return new ValidationError(
					`${system} answered a part of the people and stopped at its limit; it is not taken for the whole.`,
					about(`Raise the limit for "${bindDn}" in ${system}, or narrow the base DN or the filter.`),
				);
			case 51:
			case 52:
				return new UnavailableError(`${system} is busy: ${error.message}`, about('Try again later.'));
			default:
				return new ValidationError(
					`${system} refused the search: ${error.message}`,
					about('Check base DN and filters in the credential.'),
				);
		}
	}
}
