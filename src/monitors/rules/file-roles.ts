/** What part a file plays in a project, by its path. */
export type FileRole = "test" | "script" | "text" | "source" | "unknown";

const TEXT = /\.(?:md|mdx|rst|txt|markdown|adoc|tex|html)$/i;
const TEST =
  /(?:^|\/)(?:tests?|__tests__|specs?|testing|test_data|testdata|fixtures|__mocks__|mocks|e2e)\/|(?:^|\/)(?:test_[^/]*|[^/]*_tests?|conftest|tests?|mock_[^/]*|fake_[^/]*|[^/]*_mocks?)\.\w+$|\.(?:test|spec|mock)s?\.\w+$/i;
const SCRIPT =
  /^\/tmp\/|(?:^|\/)(?:scripts?|bin|tools?|cli|examples?|demos?|bench(?:marks?)?|docs?)\/|(?:^|\/)(?:setup|manage|__main__|cli|main|noxfile|fabfile|tasks|repro\w*|reproduc\w*|debug\w*|check_\w+|verify_\w+|validate_\w+|try_\w+|run\w*|demo\w*|example\w*|script\w*|solve\w*|exploit\w*|main\.\w+)\.\w+$/i;

export function roleOf(path: string | undefined): FileRole {
  if (path === undefined || path === "") return "unknown";
  const name = path.slice(-500).replaceAll("\\", "/");
  if (TEXT.test(name)) return "text";
  if (TEST.test(name)) return "test";
  return SCRIPT.test(name) ? "script" : "source";
}

/** Built, fetched or scratch files, which a program makes anew. */
export function isTemporary(path: string): boolean {
  return /^\/?(?:tmp|var\/tmp)\/|(?:^|\/)(?:node_modules|__pycache__|\.(?:pytest|mypy|ruff)_cache|build|dist|target|out|\.venv|venv|env|\.tox|\.cache|coverage|htmlcov|\.next|\.nox|[\w.-]+\.egg-info|te?mp|scratch)(?:\/|$)|\.(?:pyc|o|tmp|bak|orig|swp)$|^[\w./-]*\b(?:repro|reproduce|debug)\w*\.\w+$|^\$\{?(?:TMP|TEMP|tmp|temp)/.test(
    path.slice(-500),
  );
}
