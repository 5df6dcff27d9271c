using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Daarion.Server.Gateway.OpenApi;

/// <summary>The doc comments of the contracts, which are the API's documentation too: written once, read from the compiler's XML file.</summary>
internal sealed partial class ContractDocs
{
    private readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, XElement>> files = new();

    /// <summary>What a type is.</summary>
    public string? Summary(Type type) => Text(Find(type.Assembly, $"T:{NameOf(type)}")?.Element("summary"));

    /// <summary>What an operation does.</summary>
    public string? Summary(MethodInfo method) => Text(Find(method.DeclaringType!.Assembly, $"M:{NameOf(method.DeclaringType)}.{method.Name}(")?.Element("summary"));

    /// <summary>What a member of a record is: its own comment, or the parameter's of the record.</summary>
    public string? Summary(PropertyInfo property)
    {
        var type = property.DeclaringType!;
        var documented = Find(type.Assembly, $"T:{NameOf(type)}")?.Elements("param").FirstOrDefault(param => param.Attribute("name")?.Value == property.Name)
            ?? Find(type.Assembly, $"P:{NameOf(type)}.{property.Name}")?.Element("summary");
        return Text(documented);
    }

    /// <summary>What a value of an enumeration is.</summary>
    public string? Summary(FieldInfo field) => Text(Find(field.DeclaringType!.Assembly, $"F:{NameOf(field.DeclaringType)}.{field.Name}")?.Element("summary"));

    /// <summary>The first sentence.</summary>
    public static string FirstSentence(string text)
    {
        var end = SentenceEnd().Match(text);
        return end.Success ? text[..(end.Index + 1)] : text;
    }

    private static string NameOf(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private XElement? Find(Assembly assembly, string name)
    {
        var members = files.GetOrAdd(assembly, Read);
        return name.EndsWith('(')
            ? members.FirstOrDefault(member => member.Key.StartsWith(name, StringComparison.Ordinal)).Value
            : members.GetValueOrDefault(name);
    }

    private static Dictionary<string, XElement> Read(Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        return File.Exists(path)
            ? XDocument.Load(path).Descendants("member").GroupBy(member => member.Attribute("name")!.Value, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal)
            : new(StringComparer.Ordinal);
    }

    private static string? Text(XElement? element)
    {
        if (element is null)
        {
            return null;
        }

        var text = string.Concat(element.Nodes().Select(node => node switch
        {
            XText plain => plain.Value,
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" or "paramref" } link => $"`{LastPart(link.Attribute("cref")?.Value ?? link.Attribute("name")?.Value ?? link.Attribute("langword")?.Value ?? string.Empty)}`",
            XElement other => other.Value,
            _ => string.Empty,
        }));
        return Spaces().Replace(text, " ").Trim() is { Length: > 0 } trimmed ? trimmed : null;
    }

    private static string LastPart(string cref)
    {
        var name = cref.Contains('(', StringComparison.Ordinal) ? cref[..cref.IndexOf('(', StringComparison.Ordinal)] : cref;
        return name[(name.LastIndexOfAny(['.', ':']) + 1)..];
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\.(?=\s|$)", RegexOptions.None, 1000)]
    private static partial Regex SentenceEnd();
}
