using System.Globalization;
using Daarion.Core.Wallets;

namespace Daarion.UI.Pages.Wallets;

/// <summary>A kind of owner in the picture: who gives on the left, who receives on the right.</summary>
internal sealed record SankeyNode(string Name, bool IsReceiver, decimal Total, double X, double Y, double Height);

/// <summary>A flow as a band between two of them.</summary>
internal sealed record SankeyBand(MoneyFlow Flow, string Path);

/// <summary>Where the bands of a money map lie: each as thick as its amount, none thinner than can be seen.</summary>
internal sealed record SankeyLayout(IReadOnlyList<SankeyNode> Nodes, IReadOnlyList<SankeyBand> Bands, double Height)
{
    public const int Width = 860;
    public const int NodeWidth = 12;
    private const double Tall = 260;
    private const double Least = 2;
    private const double Gap = 26;
    private const double Top = 14;

    public static SankeyLayout Of(IReadOnlyList<MoneyFlow> flows)
    {
        var total = flows.Sum(flow => flow.Amount.Value);
        if (total <= 0)
        {
            return new([], [], 0);
        }

        double Thick(MoneyFlow flow) => Math.Max(Least, (double)(flow.Amount.Value / total) * Tall);
        var (givers, left) = Place(flows, flow => flow.Giver, false, Thick);
        var (receivers, right) = Place(flows, flow => flow.Receiver, true, Thick);
        var (startOf, endOf) = (givers.ToDictionary(node => node.Name, node => node.Y), receivers.ToDictionary(node => node.Name, node => node.Y));
        var bands = new List<SankeyBand>();
        foreach (var flow in flows)
        {
            var thick = Thick(flow);
            var (from, to) = (startOf[flow.Giver], endOf[flow.Receiver]);
            (startOf[flow.Giver], endOf[flow.Receiver]) = (from + thick, to + thick);
            bands.Add(new(flow, Band(NodeWidth, from, Width - NodeWidth, to, thick)));
        }

        return new([.. givers, .. receivers], bands, Math.Max(left, right));
    }

    private static (List<SankeyNode> Nodes, double Height) Place(IReadOnlyList<MoneyFlow> flows, Func<MoneyFlow, string> side, bool isReceiver, Func<MoneyFlow, double> thick)
    {
        var (nodes, y) = (new List<SankeyNode>(), Top);
        foreach (var group in flows.GroupBy(side).OrderByDescending(group => group.Sum(flow => flow.Amount.Value)))
        {
            var height = group.Sum(thick);
            nodes.Add(new(group.Key, isReceiver, group.Sum(flow => flow.Amount.Value), isReceiver ? Width - NodeWidth : 0, y, height));
            y += height + Gap;
        }

        return (nodes, y);
    }

    private static string Band(double x0, double y0, double x1, double y1, double thick)
    {
        var middle = (x0 + x1) / 2;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"M{x0:0.#} {y0:0.#}C{middle:0.#} {y0:0.#} {middle:0.#} {y1:0.#} {x1:0.#} {y1:0.#}L{x1:0.#} {y1 + thick:0.#}C{middle:0.#} {y1 + thick:0.#} {middle:0.#} {y0 + thick:0.#} {x0:0.#} {y0 + thick:0.#}Z");
    }
}
