/**
 * Runs a reader on an input. An error is right only where it is one of ours, with a code and one clear line.
 * @param {() => Promise<void>} read
 * @returns {Promise<string>} what came out: "read", or the error's code
 */
export async function outcomeOf(read) {
  try {
    await read();
    return "read";
  } catch (error) {
    const { name, code, message } = /** @type {any} */ (error) ?? {};
    const isOurs = typeof code === "string" && code !== "internal" && /^[a-z-]+$/.test(code);
    if (!isOurs) throw new Error(`a bare ${name ?? typeof error}`, { cause: error });
    if (/[\r\n]/.test(message) || message.length > 600)
      throw new Error(`the message of ${code} is no clear line: ${JSON.stringify(message.slice(0, 700))}`);
    return code;
  }
}
