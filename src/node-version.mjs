const REQUIRED_MAJOR = 24;

if (Number.parseInt(process.versions.node, 10) < REQUIRED_MAJOR) {
  console.error(
    `Rolecall needs Node ${REQUIRED_MAJOR} or later, and this is ${process.version}. Install it from https://nodejs.org. ` +
      'On Linux, Windows and Intel macOS, npm can also bring it: ' +
      `npx -p node@${REQUIRED_MAJOR} -p rolecall rolecall, or npm ci and npm start in the repository.`,
  );
  process.exit(1);
}
