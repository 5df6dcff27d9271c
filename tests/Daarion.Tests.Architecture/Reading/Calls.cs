using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Daarion.Tests.Architecture.Reading;

/// <summary>A call in the compiled code.</summary>
/// <param name="From">The type whose source it is in; what the compiler made out of a method belongs to the method's type.</param>
/// <param name="FromMethod">The method whose source it is in, as far as names tell.</param>
/// <param name="To">What is called.</param>
internal sealed record Call(TypeDefinition From, string FromMethod, MethodReference To)
{
    public string Target => $"{To.DeclaringType.FullName}.{To.Name}";

    public override string ToString() => $"{From.FullName}.{FromMethod} calls {Target}";
}

/// <summary>Every call of the city's assemblies.</summary>
internal static class Calls
{
    public static readonly IReadOnlyList<Call> OfCore = [.. In(City.Core)];

    public static readonly IReadOnlyList<Call> All = [.. OfCore, .. In(City.Server), .. In(City.Ui)];

    /// <summary>Methods with a body, with the type and method whose source they are in.</summary>
    public static IEnumerable<(TypeDefinition Type, string Method, MethodDefinition Body)> Bodies(Assembly assembly)
    {
        var module = ModuleDefinition.ReadModule(assembly.Location);
        foreach (var type in module.GetTypes())
        {
            foreach (var method in type.Methods.Where(method => method.HasBody))
            {
                yield return (Outer(type), NameOf(type, method), method);
            }
        }
    }

    private static IEnumerable<Call> In(Assembly assembly) =>
        from one in Bodies(assembly)
        from instruction in one.Body.Body.Instructions
        where instruction.OpCode == OpCodes.Call || instruction.OpCode == OpCodes.Callvirt || instruction.OpCode == OpCodes.Newobj || instruction.OpCode == OpCodes.Ldftn
        where instruction.Operand is MethodReference
        select new Call(one.Type, one.Method, (MethodReference)instruction.Operand);

    // Closures and state machines are types inside the type they were made from: <>c, <Name>d__1.
    private static TypeDefinition Outer(TypeDefinition type) => type.DeclaringType is { } outer && type.Name.StartsWith('<') ? Outer(outer) : type;

    private static string NameOf(TypeDefinition type, MethodDefinition method)
    {
        foreach (var name in (string[])[method.Name, type.Name])
        {
            if (name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end)
            {
                return name[1..end];
            }
        }

        return type.DeclaringType is { } outer && type.Name.StartsWith('<') && outer.Name.StartsWith('<') ? NameOf(outer, method) : method.Name;
    }
}
