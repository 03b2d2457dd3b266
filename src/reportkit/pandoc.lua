-- Answers a batch of jobs in one pandoc process: `pandoc lua pandoc.lua < jobs.json > replies.json`.
-- A job is {op = "read" | "write" | "citeproc", ...}; a reply is {result = string} or {error = string}.

local jobs = pandoc.json.decode(io.read("a"), false)

local function document(json)
  return pandoc.read(json, "json")
end

local function writer_options(job)
  local options = { wrap_text = "none" }
  for key, value in pairs(job.options or {}) do
    options[key] = value
  end
  return pandoc.WriterOptions(options)
end

-- Attributes of divisions that Quarto reads as Markdown: a title becomes the first block, a caption the last one.
local function read_attributes(format)
  local function texts(text, make)
    return text and pandoc.read(text, format).blocks:map(function(block)
      return block.content and make(block.content) or block
    end) or {}
  end
  return {
    Div = function(div)
      local title = div.attributes.title or div.attributes.name
      local caption = div.attributes["fig-cap"] or div.attributes["tbl-cap"] or div.attributes["lst-cap"]
      for _, name in ipairs({ "title", "name", "fig-cap", "tbl-cap", "lst-cap" }) do
        div.attributes[name] = nil
      end
      local first = title and { pandoc.Div(texts(title, pandoc.Plain), { class = "box-title" }) } or {}
      div.content = pandoc.Blocks(first) .. div.content .. texts(caption, pandoc.Para)
      return div
    end,
  }
end

local operations = {
  -- text in a pandoc format -> the document as JSON
  read = function(job)
    local read = pandoc.read(job.text, job.format)
    return pandoc.write(job.text:find(":::", 1, true) and read:walk(read_attributes(job.format)) or read, "json")
  end,
  -- the document as JSON -> text in a pandoc format
  write = function(job)
    return pandoc.write(document(job.document), job.format, writer_options(job))
  end,
  -- texts in a pandoc format, read one by one -> a document as JSON that holds a Div for each
  read_units = function(job)
    local divs = pandoc.List(job.texts):map(function(text)
      return pandoc.Div(pandoc.read(text, job.format).blocks)
    end)
    return pandoc.write(pandoc.Pandoc(divs), "json")
  end,
  -- the document as JSON, its blocks written one by one -> a JSON list of texts in a pandoc format
  write_units = function(job)
    local options = writer_options(job)
    local texts = document(job.document).blocks:map(function(block)
      return pandoc.write(pandoc.Pandoc({ block }), job.format, options)
    end)
    return pandoc.json.encode(texts)
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
