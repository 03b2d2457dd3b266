-- Answers a batch of jobs in one pandoc process: `pandoc lua pandoc.lua < jobs.json > replies.json`.
-- A job is {op = "read" | "write" | "citeproc", ...}; a reply is {result = string} or {error = string}.

local jobs = pandoc.json.decode(io.read("a"), false)

local function document(json)
  return pandoc.read(json, "json")
end

local operations = {
  -- text in a pandoc format -> the document as JSON
  read = function(job)
    return pandoc.write(pandoc.read(job.text, job.format), "json")
  end,
  -- the document as JSON -> text in a pandoc format
  write = function(job)
    local options = { wrap_text = "none" }
    for key, value in pairs(job.options or {}) do
      options[key] = value
    end
    return pandoc.write(document(job.document), job.format, pandoc.WriterOptions(options))
  end,
  -- the document as JSON, its metadata naming bibliography and csl -> the same with citations processed
  citeproc = function(job)
    return pandoc.write(pandoc.utils.citeproc(document(job.document)), "json")
  end,
}

local replies = {}
for i, job in ipairs(jobs) do
  local ok, result = pcall(operations[job.op], job)
  replies[i] = ok and { result = result } or { error = tostring(result) }
end
io.write(pandoc.json.encode(replies))
