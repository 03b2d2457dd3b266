-- Answers a batch of jobs in one pandoc process: `pandoc lua pandoc.lua < jobs.json > replies.json`.
-- A job is {op = "read" | "write" | "citeproc", ...}; a reply is {result = string} or {error = string}.

local jobs = pandoc.json.decode(io.read("a"), false)

-- Text in a format -> a document, without any file or address that HTML or LaTeX names (frames, `\\input`).
local function read(text, format)
  if format:find("^markdown") then
    return pandoc.read(text, format)
  end
  return pandoc.read(text, format, nil, {})
end

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

-- Attributes that Quarto reads as Markdown: a title becomes the first block, a caption the last one; of code the first.
local function read_attributes(format)
  local function texts(text, make)
    return read(text, format).blocks:map(function(block)
      return block.content and make(block.content) or block
    end)
  end
  local function name_of(div)
    local kind = div.identifier:match("^(%l%l%l)%-")
    if kind == "fig" or kind == "tbl" or kind == "lst" then return kind .. "-cap" end
    local is_callout = div.classes:find_if(function(class) return class:find("^callout%-") end)
    local is_proof = div.classes:find_if(function(class) return ({ proof = 1, remark = 1, solution = 1 })[class] end)
    return is_callout and "title" or (kind or is_proof) and "name" or ""
  end
  return {
    Div = function(div)
      local name = name_of(div)
      local text = div.attributes[name]
      if not text then return nil end
      div.attributes[name] = nil
      if name:find("cap$") then
        div.content:extend(texts(text, pandoc.Para))
      else
        div.content:insert(1, pandoc.Div(texts(text, pandoc.Plain), { class = "box-title" }))
      end
      return div
    end,
    CodeBlock = function(code)
      local text = code.attributes["lst-cap"]
      if not text then return nil end
      code.attributes["lst-cap"] = nil
      local label = code.identifier
      code.identifier = ""
      return pandoc.Div(texts(text, pandoc.Plain) .. { code }, { label, { "listing" } })
    end,
    -- An alternative text is no Markdown, but for the values in it.
    Image = function(image)
      local text = image.attributes["fig-alt"]
      if not text then return nil end
      image.attributes["fig-alt"] = nil
      image.caption = text:find("{.value n=", 1, true) and pandoc.utils.blocks_to_inlines(read(text, format).blocks)
        or pandoc.Inlines(text)
      return image
    end,
  }
end

-- A picture that is a link and has a text, alone in its paragraph, is a figure as one without a link is.
local function read_linked_picture(paragraph)
  local link = #paragraph.content == 1 and paragraph.content[1]
  local image = link and link.t == "Link" and #link.content == 1 and link.content[1]
  if not image or image.t ~= "Image" or #image.caption == 0 then return nil end
  local label, caption = image.identifier, image.caption:clone()
  image.identifier = ""
  link.content = { image }
  return pandoc.Figure({ pandoc.Plain({ link }) }, { pandoc.Plain(caption) }, { label })
end

-- Raw HTML that every format can show: pictures and tables.
local function read_html(raw)
  if raw.format == "html" and raw.text:find("^<img") then
    return pandoc.utils.blocks_to_inlines(read(raw.text, "html").blocks)
  end
end

local function is_tag(block, start)
  return block.t == "RawBlock" and block.format == "html" and block.text:sub(1, #start) == start
end

local function read_tables(blocks)
  local made, within = pandoc.Blocks({}), nil
  for _, block in ipairs(blocks) do
    local is_whole = not within and is_tag(block, "") and block.text:find("<table.*</table>")
    within = within or not is_whole and is_tag(block, "<table") and pandoc.Blocks({}) or nil
    if is_whole then
      made:extend(read(block.text, "html").blocks)
    elseif not within then
      made:insert(block)
    else
      within:insert(block)
      if is_tag(block, "</table") then
        made:extend(read(pandoc.write(pandoc.Pandoc(within), "html"), "html").blocks)
        within = nil
      end
    end
  end
  return made .. (within or {})
end

local function cells_of(tbl, at)
  local cells = pandoc.List({})
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do cells:insert(row.cells[at]) end
  end
  return cells
end

-- What a row of a Markdown table is about stands in its first column, if that says something else in each row.
local function read_row_heads(tbl)
  local said = {}
  local function is_head(cell)
    local text = cell and cell.col_span == 1 and cell.row_span == 1 and pandoc.utils.stringify(cell.contents) or ""
    local is_new = text ~= "" and not said[text]
    said[text] = true
    return is_new
  end
  local firsts = cells_of(tbl, 1)
  if #tbl.colspecs < 2 or #tbl.head.rows == 0 or #firsts < 2 or #(firsts:filter(is_head)) < #firsts then return nil end
  for _, body in ipairs(tbl.bodies) do body.row_head_columns = 1 end
  return tbl
end

-- Numbers of an HTML table whose sides nobody gave stand below each other at the right.
local function read_numbers(tbl)
  local function is_number(cell)
    local text = pandoc.utils.stringify(cell.contents):gsub("\u{2212}", "-"):gsub("\u{a0}", " ")
    return text:find("^%s*%-?[%d.,]*%d%s*%%?%s*$") ~= nil
  end
  for at, spec in ipairs(tbl.colspecs) do
    local cells = cells_of(tbl, at)
    local is_head = tbl.bodies[1] and at <= tbl.bodies[1].row_head_columns
    if spec[1] == "AlignDefault" and not is_head and #cells > 0 and #(cells:filter(is_number)) == #cells then
      tbl.colspecs[at] = { "AlignRight", spec[2] }
    end
  end
  return tbl
end

local operations = {
  -- text in a pandoc format -> the document as JSON
  read = function(job)
    local made = read(job.text, job.format)
    if job.text:find("<[it][ma]") and job.format:find("^markdown") then
      made = made:walk({ RawInline = read_html, Blocks = read_tables })
    end
    if job.format:find("^markdown") and job.text:find("\n|", 1, true) then
      made = made:walk({ Table = read_row_heads })
    end
    if job.format:find("^html") and job.text:find("<table", 1, true) then
      made = made:walk({ Table = read_numbers })
    end
    if job.text:find("[![", 1, true) then
      made = made:walk({ Para = read_linked_picture })
    end
    if job.text:find(":::", 1, true) or job.text:find("%l%l%l%-%l+=") then
      made = made:walk(read_attributes(job.format))
    end
    return pandoc.write(made, "json")
  end,
  -- the document as JSON -> text in a pandoc format
  write = function(job)
    return pandoc.write(document(job.document), job.format, writer_options(job))
  end,
  -- texts in a pandoc format, read one by one -> a document as JSON that holds a Div for each
  read_units = function(job)
    local divs = pandoc.List(job.texts):map(function(text)
      return pandoc.Div(read(text, job.format).blocks)
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
